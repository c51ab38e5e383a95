package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.redemption.machine.Event.Deadline;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.machine.Stage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One task's redemptions, to be written: a redemption has exactly one entry in the index by status,
 * and at most one in the index by deadline.
 */
final class RedemptionStore extends ReadOnlyRedemptionStore {
  private static final byte[] NOTHING = {};

  /** A deadline that has passed, with the stage's wait it was set for. */
  record Passed(String orderId, Deadline deadline) {}

  private final KeyValueStore<Bytes, byte[]> entries;

  /** Nothing is due before it: keeps the scan off the tombstones of what has been due. */
  private long scanFrom;

  RedemptionStore(KeyValueStore<Bytes, byte[]> entries, StateSerde format) {
    super(entries, format);
    this.entries = entries;
  }

  /**
   * Puts the next version in place of the one before.
   *
   * @param before null for a new redemption
   */
  void replace(Redemption before, Redemption next) {
    if (before != null) unindex(before);
    entries.put(StoreKeys.order(next.orderId()), format.serializer().serialize(null, next));
    entries.put(StoreKeys.status(next), NOTHING);
    if (next.deadline() == null) return;
    scanFrom = Math.min(scanFrom, next.deadline().toEpochMilli());
    var kind = kindOf(next).name().getBytes(StandardCharsets.UTF_8);
    entries.put(StoreKeys.deadline(next), kind);
  }

  void forget(Redemption redemption) {
    unindex(redemption);
    entries.delete(StoreKeys.order(redemption.orderId()));
  }

  /** Deadlines that have passed, the earliest first, at most so many. */
  List<Passed> passed(Instant now, int most) {
    var passed = new ArrayList<Passed>();
    var until = now.toEpochMilli();
    if (until < scanFrom) return passed;
    try (var due = entries.range(StoreKeys.deadlines(scanFrom), StoreKeys.deadlines(until + 1))) {
      while (due.hasNext() && passed.size() < most) {
        var entry = due.next();
        scanFrom = StoreKeys.deadline(entry.key);
        var kind = Deadline.valueOf(new String(entry.value, StandardCharsets.UTF_8));
        passed.add(new Passed(StoreKeys.orderOfDeadline(entry.key), kind));
      }
    }
    return passed;
  }

  /** The earliest deadline, or empty. */
  Optional<Instant> nextDeadline() {
    try (var first = entries.range(StoreKeys.deadlines(scanFrom), StoreKeys.NO_DEADLINE)) {
      if (!first.hasNext()) return Optional.empty();
      scanFrom = StoreKeys.deadline(first.peekNextKey());
      return Optional.of(Instant.ofEpochMilli(scanFrom));
    }
  }

  private void unindex(Redemption redemption) {
    entries.delete(StoreKeys.status(redemption));
    if (redemption.deadline() != null) entries.delete(StoreKeys.deadline(redemption));
  }

  private static Deadline kindOf(Redemption redemption) {
    return switch (redemption.stage()) {
      case Stage.Quoting _ -> Deadline.QUOTE;
      case Stage.Quoted _ -> Deadline.PAYMENT;
      case Stage.Finished _ -> Deadline.RETENTION;
      case Stage.Absent _,
          Stage.Committing _,
          Stage.Requoting _,
          Stage.CommitFailed _,
          Stage.Reversing _,
          Stage.ReverseFailed _ ->
          throw new IllegalStateException(redemption.status() + " has no deadline");
    };
  }
}
