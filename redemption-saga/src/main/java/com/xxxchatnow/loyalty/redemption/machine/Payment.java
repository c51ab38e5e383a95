package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.ReverseReason;
import java.time.Instant;
import java.util.Comparator;

/** An outcome of the order's payment, which may have several: the newest one counts. */
public record Payment(PaymentStatus status, Instant at) {
  // Of two at the same moment the later symbol: a cancellation follows what it cancels.
  private static final Comparator<Payment> BY_TIME =
      Comparator.comparing(Payment::at).thenComparing(Payment::status);

  public boolean isNewerThan(Payment other) {
    return other == null || BY_TIME.compare(this, other) > 0;
  }

  boolean stopped() {
    return status != PaymentStatus.SUCCEEDED;
  }

  /** What RRR is told; only for a stopped payment. */
  ReverseReason reverseReason() {
    return switch (status) {
      case FAILED -> ReverseReason.PAYMENT_FAILED;
      case CANCELLED -> ReverseReason.CANCELLED;
      case FRAUD_BLOCKED -> ReverseReason.FRAUD_BLOCKED;
      case SUCCEEDED, UNKNOWN -> throw new IllegalStateException(status + " is no stop");
    };
  }
}
