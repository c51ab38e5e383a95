package com.xxxchatnow.loyalty.redemption;

import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.Event.Deadline;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One task's redemptions with their two indexes: by the time of their deadline, and by status. A
 * redemption has at most one entry in the first and exactly one in the second.
 */
final class RedemptionStore {
  private static final byte[] NOTHING = {};

  /** A deadline that has passed, with the stage's wait it was set for. */
  record Passed(String orderId, Deadline deadline) {}

  private final KeyValueStore<String, Redemption> redemptions;
  private final KeyValueStore<Bytes, byte[]> deadlines;
  private final KeyValueStore<Bytes, byte[]> statuses;

  /** Nothing is due before it: keeps the scan off the tombstones of what has been due. */
  private long scanFrom;

  RedemptionStore(
      KeyValueStore<String, Redemption> redemptions,
      KeyValueStore<Bytes, byte[]> deadlines,
      KeyValueStore<Bytes, byte[]> statuses) {
    this.redemptions = redemptions;
    this.deadlines = deadlines;
    this.statuses = statuses;
  }

  /** The redemption, or null. */
  Redemption find(String orderId) {
    return redemptions.get(orderId);
  }

  /**
   * Puts the next version in place of the one before.
   *
   * @param before null for a new redemption
   */
  void replace(Redemption before, Redemption next) {
    if (before != null) unindex(before);
    redemptions.put(next.orderId(), next);
    statuses.put(statusKey(next), NOTHING);
    if (next.deadline() != null) {
      scanFrom = Math.min(scanFrom, next.deadline().toEpochMilli());
      deadlines.put(deadlineKey(next), kindOf(next).name().getBytes(StandardCharsets.UTF_8));
    }
  }

  void forget(Redemption redemption) {
    unindex(redemption);
    redemptions.delete(redemption.orderId());
  }

  /** Deadlines that have passed, the earliest first, at most so many. */
  List<Passed> passed(Instant now, int most) {
    var passed = new ArrayList<Passed>();
    var until = now.toEpochMilli() + 1;
    try (var due = deadlines.range(timeKey(scanFrom), timeKey(until))) {
      while (due.hasNext() && passed.size() < most) {
        var entry = due.next();
        scanFrom = ByteBuffer.wrap(entry.key.get()).getLong();
        passed.add(
            new Passed(
                orderId(entry.key, Long.BYTES),
                Deadline.valueOf(new String(entry.value, StandardCharsets.UTF_8))));
      }
    }
    return passed;
  }

  /** When the redemption that has been longest in this status got there. */
  Optional<Instant> oldest(RedemptionStatus status) {
    try (var entries = statuses.prefixScan(new byte[] {code(status)}, (topic, bytes) -> bytes)) {
      return entries.hasNext()
          ? Optional.of(
              Instant.ofEpochMilli(ByteBuffer.wrap(entries.next().key.get(), 1, 8).getLong()))
          : Optional.empty();
    }
  }

  /** How many are in this status; reads them all. */
  long count(RedemptionStatus status) {
    var count = 0L;
    try (var entries = statuses.prefixScan(new byte[] {code(status)}, (topic, bytes) -> bytes)) {
      for (; entries.hasNext(); entries.next()) count++;
    }
    return count;
  }

  private void unindex(Redemption redemption) {
    statuses.delete(statusKey(redemption));
    if (redemption.deadline() != null) deadlines.delete(deadlineKey(redemption));
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

  private static Bytes deadlineKey(Redemption redemption) {
    return key(new byte[0], redemption.deadline(), redemption.orderId());
  }

  private static Bytes statusKey(Redemption redemption) {
    return key(new byte[] {code(redemption.status())}, redemption.at(), redemption.orderId());
  }

  /** Stored: a status keeps its code when others are added before it. */
  static byte code(RedemptionStatus status) {
    return switch (status) {
      case UNKNOWN -> 0;
      case QUOTING -> 1;
      case QUOTED -> 2;
      case REJECTED -> 3;
      case COMMITTING -> 4;
      case COMMITTED -> 5;
      case COMMIT_FAILED -> 6;
      case CANCELLED -> 7;
      case EXPIRED -> 8;
      case REVERSING -> 9;
      case REVERSED -> 10;
      case REVERSE_FAILED -> 11;
    };
  }

  /** The order of an entry of the index by status. */
  static String orderOfStatusKey(Bytes key) {
    return orderId(key, 1 + Long.BYTES);
  }

  // Big-endian, so that the bytes sort as the times do.
  private static Bytes key(byte[] prefix, Instant time, String orderId) {
    var order = orderId.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(prefix.length + Long.BYTES + order.length)
            .put(prefix)
            .putLong(time.toEpochMilli())
            .put(order)
            .array());
  }

  private static Bytes timeKey(long millis) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(millis).array());
  }

  private static String orderId(Bytes key, int from) {
    return new String(key.get(), from, key.get().length - from, StandardCharsets.UTF_8);
  }
}
