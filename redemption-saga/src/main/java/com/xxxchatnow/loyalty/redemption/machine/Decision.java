package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionCall;

/** What the table says to a state and an event. */
public sealed interface Decision {

  /**
   * The redemption has a new version, which is announced.
   *
   * @param call what RRR is asked for; null when nothing
   */
  record Transitioned(Redemption next, RedemptionCall call) implements Decision {}

  /** Nothing changes, nothing is sent; it is counted. */
  record Ignored(Why why) implements Decision {}

  /** The event makes no sense here and someone should look at it: dead-lettered. */
  record Invalid(Reason reason, String detail) implements Decision {}

  /** The retention is over: the redemption leaves the store. */
  record Purged() implements Decision {}

  /** Why an event changes nothing. */
  enum Why {
    /** The same event once more, or one that says what is known. */
    AGAIN,
    /** It answers or follows something that has been decided since. */
    TOO_LATE,
    /** Payments of orders without a redemption, and what follows a forgotten one. */
    UNKNOWN_ORDER
  }
}
