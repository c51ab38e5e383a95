package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.RedemptionOperation;
import com.xxxchatnow.loyalty.events.RedemptionStatus;

/**
 * Where a redemption stands: one type a state of the table, so that the compiler sees a missing
 * row. Outsiders see its {@link #status()}; two stages share COMMITTING.
 */
public sealed interface Stage {

  RedemptionStatus status();

  /** The call whose answer this stage waits for; null when none. */
  default RedemptionOperation awaits() {
    return null;
  }

  /** The saga has never heard of the order, or has forgotten it. */
  record Absent() implements Stage {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.UNKNOWN;
    }
  }

  /** The saga knows the order. */
  sealed interface Known extends Stage
      permits Unpaid, Charged, Reversing, ReverseFailed, Finished {}

  /** Nobody has paid with a discount, so that the checkout may ask again with another cart. */
  sealed interface Unpaid extends Known permits Quoting, Payable, Rejected {}

  /** A quote was asked for; a person waits. */
  record Quoting() implements Unpaid {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.QUOTING;
    }

    @Override
    public RedemptionOperation awaits() {
      return RedemptionOperation.QUOTE;
    }
  }

  /** A quote was given and may be paid with. */
  sealed interface Payable extends Unpaid permits Quoted, Expired {}

  /** Points, discount and expiry are announced; the payment is awaited. */
  record Quoted() implements Payable {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.QUOTED;
    }
  }

  /** Nobody paid in time; a payment with the quote still counts. */
  record Expired() implements Payable, Finished {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.EXPIRED;
    }
  }

  /** A discount was charged: RRR has to burn the points, has, or would not. */
  sealed interface Charged extends Known permits Committing, Requoting, Committed, CommitFailed {}

  /** A commit was asked for; only its definite answer leads on. */
  record Committing() implements Charged {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.COMMITTING;
    }

    @Override
    public RedemptionOperation awaits() {
      return RedemptionOperation.COMMIT;
    }
  }

  /** The quote expired before it was committed: the same is quoted again. */
  record Requoting() implements Charged {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.COMMITTING;
    }

    @Override
    public RedemptionOperation awaits() {
      return RedemptionOperation.QUOTE;
    }
  }

  /** The points are burned and the discount is paid. */
  record Committed() implements Charged, Finished {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.COMMITTED;
    }
  }

  /** A discount was charged that no points cover: an alert, an operator repairs it. */
  record CommitFailed() implements Charged {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.COMMIT_FAILED;
    }
  }

  /** A reversal was asked for; only its definite answer leads on. */
  record Reversing() implements Known {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.REVERSING;
    }

    @Override
    public RedemptionOperation awaits() {
      return RedemptionOperation.REVERSE;
    }
  }

  /** RRR would not give points back: an alert, an operator repairs it. */
  record ReverseFailed() implements Known {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.REVERSE_FAILED;
    }
  }

  /** Nothing more is expected: kept for the retention, then forgotten. */
  sealed interface Finished extends Known permits Expired, Committed, Closed {}

  /** Finished without points burned, and without a quote that may still be paid with. */
  sealed interface Closed extends Finished permits Rejected, Cancelled, Reversed {}

  /** No quote: a checkout without discount. */
  record Rejected() implements Unpaid, Closed {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.REJECTED;
    }
  }

  /** The order was paid without the discount, or ended before there was one; the quote lapses. */
  record Cancelled() implements Closed {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.CANCELLED;
    }
  }

  /** The payment did not hold, and no points are burned. */
  record Reversed() implements Closed {
    @Override
    public RedemptionStatus status() {
      return RedemptionStatus.REVERSED;
    }
  }

  /** The stage of an announced status. */
  static Stage of(RedemptionStatus status, RedemptionOperation awaiting) {
    return switch (status) {
      case UNKNOWN -> new Absent();
      case QUOTING -> new Quoting();
      case QUOTED -> new Quoted();
      case REJECTED -> new Rejected();
      case COMMITTING -> awaiting == RedemptionOperation.QUOTE ? new Requoting() : new Committing();
      case COMMITTED -> new Committed();
      case COMMIT_FAILED -> new CommitFailed();
      case CANCELLED -> new Cancelled();
      case EXPIRED -> new Expired();
      case REVERSING -> new Reversing();
      case REVERSED -> new Reversed();
      case REVERSE_FAILED -> new ReverseFailed();
    };
  }
}
