package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionOperation;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import java.time.Instant;

/** What can happen to a redemption: the columns of the table. */
public sealed interface Event {

  /** Whether a new request may be served; decided by the flags when it is read. */
  enum Admission {
    ADMITTED,
    DISABLED,
    OUT_OF_ROLLOUT,
    /** Its record lies in another partition than its order's. */
    MISPLACED
  }

  /**
   * A checkout wants to pay with points.
   *
   * @param sentAt when the request got to Kafka, by its record's timestamp
   */
  record Requested(RedemptionRequested request, Admission admission, Instant sentAt)
      implements Event {
    /** The same request, read in a partition to which its order does not belong. */
    public Requested misplaced() {
      return new Requested(request, Admission.MISPLACED, sentAt);
    }
  }

  /** How a payment ended; of several outcomes one counts, in whatever order they arrive. */
  sealed interface PaymentEvent extends Event permits Paid, Stop {
    Payment payment();
  }

  /**
   * Paid, and the discount of this quote was charged.
   *
   * @param chargedMinor what was charged, in minor units of the cart's currency; null: not said
   */
  record Paid(String quoteId, Long chargedMinor, Payment payment) implements PaymentEvent {}

  /** No discount was charged: nothing is to be burned. */
  sealed interface Stop extends PaymentEvent permits PaidWithoutDiscount, PaymentEnded {}

  /**
   * Paid without naming a quote.
   *
   * @param chargedMinor what was charged, in minor units of the cart's currency; null: not said
   */
  record PaidWithoutDiscount(Long chargedMinor, Payment payment) implements Stop {

    /** It charged the discount of this quote after all. */
    Paid with(Quote quote) {
      return new Paid(quote.id(), chargedMinor, new Payment(payment.status(), payment.at()));
    }
  }

  /** The payment failed, was cancelled or blocked. */
  record PaymentEnded(Payment payment) implements Stop {}

  /** RRR's definite answer to a call; an answer to an earlier call has an earlier number. */
  sealed interface Reply extends Event
      permits QuoteGiven, QuoteRefused, CommitDone, CommitRefused, ReverseDone, ReverseRefused {
    int number();

    RedemptionOperation operation();
  }

  /** Points are worth this much. */
  record QuoteGiven(int number, Quote quote, String memberId) implements Reply {
    @Override
    public RedemptionOperation operation() {
      return RedemptionOperation.QUOTE;
    }
  }

  /** No quote: not eligible, not linked, refused, or not answered in time. */
  record QuoteRefused(int number, Reason reason, String detail) implements Reply {
    @Override
    public RedemptionOperation operation() {
      return RedemptionOperation.QUOTE;
    }
  }

  /** The points are burned. */
  record CommitDone(int number) implements Reply {
    @Override
    public RedemptionOperation operation() {
      return RedemptionOperation.COMMIT;
    }
  }

  /** The points are not burned and will not be under this number. */
  record CommitRefused(int number, Reason reason, String detail) implements Reply {
    @Override
    public RedemptionOperation operation() {
      return RedemptionOperation.COMMIT;
    }

    boolean quoteExpired() {
      return reason == Reason.QUOTE_EXPIRED;
    }
  }

  /** The points are back, or none were burned. */
  record ReverseDone(int number) implements Reply {
    @Override
    public RedemptionOperation operation() {
      return RedemptionOperation.REVERSE;
    }
  }

  /** RRR would not give the points back. */
  record ReverseRefused(int number, Reason reason, String detail) implements Reply {
    @Override
    public RedemptionOperation operation() {
      return RedemptionOperation.REVERSE;
    }
  }

  /** What a deadline was set for. */
  enum Deadline {
    QUOTE,
    PAYMENT,
    RETENTION
  }

  /** A deadline has passed. */
  record DeadlinePassed(Deadline deadline) implements Event {}

  /** An operator's repair, which counts only for the version that the operator saw. */
  sealed interface Repair extends Event permits Retry, Settle {
    long expectedVersion();

    String operator();

    String note();
  }

  /** Make the failed or unanswered call again. */
  record Retry(long expectedVersion, String operator, String note) implements Repair {}

  /** It was put right by hand at RRR. */
  record Settle(long expectedVersion, RedemptionStatus as, String operator, String note)
      implements Repair {}
}
