package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Looks in RRR's ledger for what an earlier call has booked. That an entry is missing proves
 * something only after RRR has been seen to write our idempotency key into {@code source_ref},
 * which its contract does not promise: an entry whose id RRR returned to us has to show it.
 */
final class LedgerLookup {
  /** How much before its purchase an entry may be dated: clocks differ. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final Ledger rrr;
  private final Clock clock;
  private volatile Booking known;
  private volatile boolean proven;

  /** RRR's ledger of a member; without a deadline. */
  interface Ledger {
    Outcome<List<LedgerEntry>> of(
        String memberId, Instant from, Instant to, LedgerEntry.Type type, CallOptions call)
        throws InterruptedException;
  }

  /** What the ledger says about a purchase. */
  sealed interface Finding {
    record Booked(LedgerEntry entry, int attempts) implements Finding {}

    /** It was not booked. */
    record Absent() implements Finding {}

    /** It may have been booked all the same. */
    record Unproven() implements Finding {}
  }

  private record Booking(String memberId, String entryId, String key, Instant from) {}

  LedgerLookup(Ledger rrr, Clock clock) {
    this.rrr = rrr;
    this.clock = clock;
  }

  /**
   * Remembers what RRR booked, so that its entry can show whether RRR keeps our keys.
   *
   * @param key before it is formatted
   * @param from when it was bought
   */
  void booked(String memberId, String entryId, String key, Instant from) {
    if (!proven) known = new Booking(memberId, entryId, key, from);
  }

  /**
   * Looks for a purchase's entry; waits as long as RRR is unavailable.
   *
   * @param key before it is formatted
   * @param from when it was bought
   */
  Finding find(String memberId, String key, Instant from, CallOptions call)
      throws InterruptedException {
    var entries = entries(memberId, from, call);
    if (entries.isEmpty()) return new Finding.Unproven();
    var entry = entries.get().value().stream().filter(each -> hasKey(each, key)).findFirst();
    if (entry.isPresent()) {
      proven = true;
      return new Finding.Booked(entry.get(), entries.get().attempts());
    }
    if (!proven) prove(call);
    return proven ? new Finding.Absent() : new Finding.Unproven();
  }

  private void prove(CallOptions call) throws InterruptedException {
    var booking = known;
    if (booking == null) return;
    var entries = entries(booking.memberId(), booking.from(), call);
    proven =
        entries.isPresent()
            && entries.get().value().stream()
                .anyMatch(each ->
                    each.entryId().equals(booking.entryId()) && hasKey(each, booking.key()));
  }

  /** In either format: the entry is this purchase's in both. */
  private boolean hasKey(LedgerEntry entry, String key) {
    return Arrays.stream(KeyFormat.values())
        .anyMatch(format -> format.format(key).equals(entry.sourceRef()));
  }

  /** Empty: RRR refuses to show the ledger. */
  private Optional<Outcome.Done<List<LedgerEntry>>> entries(
      String memberId, Instant from, CallOptions call) throws InterruptedException {
    var outcome =
        rrr.of(memberId, from.minus(CLOCKS), clock.instant(), LedgerEntry.Type.EARN, call);
    return switch (outcome) {
      case Outcome.Done<List<LedgerEntry>> done -> Optional.of(done);
      case Outcome.Refused<?> refused when refused.why() == Refusal.REFUSED_NOT_FOUND ->
          Optional.of(new Outcome.Done<>(List.of(), refused.attempts(), refused.waited()));
      case Outcome.Refused<?> _ -> Optional.empty();
      case Outcome.Unanswered<?> unanswered ->
          throw new IllegalStateException("a call without a deadline gave up: " + unanswered.how());
    };
  }
}
