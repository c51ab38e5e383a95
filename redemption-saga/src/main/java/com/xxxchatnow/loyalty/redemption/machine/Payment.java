package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.ReverseReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/**
 * An outcome of the order's payment. There may be several, of machines whose clocks differ: which
 * one counts does not depend on the order in which they arrive.
 *
 * @param at when it ended, by the clock of the machine that published it
 * @param withoutDiscount it was paid, and the discount was not charged
 */
public record Payment(PaymentStatus status, Instant at, boolean withoutDiscount) {
  /** How far two clocks of the payment system may be apart, and its clock ahead of the saga's. */
  public static final Duration CLOCKS_APART = Duration.ofMinutes(5);

  /** A total order: pairwise rules could go round in a circle. */
  private static final Comparator<Payment> BY_EFFECT =
      Comparator.comparing(Payment::effectiveAt)
          .thenComparingInt(Payment::rank)
          .thenComparing(Payment::withoutDiscount);

  public Payment(PaymentStatus status, Instant at) {
    this(status, at, false);
  }

  /** Whether it decides and the other one no longer does. */
  public boolean countsOver(Payment other) {
    return other == null || BY_EFFECT.compare(this, other) > 0;
  }

  /** Whether the discount was charged. */
  boolean charged() {
    return status == PaymentStatus.SUCCEEDED && !withoutDiscount;
  }

  /** What RRR is told; only for a payment that did not charge the discount. */
  ReverseReason reverseReason() {
    return switch (status) {
      case FAILED -> ReverseReason.PAYMENT_FAILED;
      case CANCELLED -> ReverseReason.CANCELLED;
      case FRAUD_BLOCKED -> ReverseReason.FRAUD_BLOCKED;
      case SUCCEEDED -> {
        if (charged()) throw new IllegalStateException("the discount was charged");
        yield ReverseReason.CANCELLED;
      }
      case UNKNOWN -> throw new IllegalStateException("an unknown outcome");
    };
  }

  /**
   * A cancellation follows the payment that it cancels and a failure comes before the payment that
   * succeeds, also where their clocks say otherwise by less than they may be apart.
   */
  private Instant effectiveAt() {
    return switch (status) {
      case FAILED, UNKNOWN -> at;
      case SUCCEEDED -> at.plus(CLOCKS_APART);
      case CANCELLED, FRAUD_BLOCKED -> at.plus(CLOCKS_APART.multipliedBy(2));
    };
  }

  private int rank() {
    return switch (status) {
      case UNKNOWN, FAILED -> 0;
      case SUCCEEDED -> 1;
      case CANCELLED -> 2;
      case FRAUD_BLOCKED -> 3;
    };
  }
}
