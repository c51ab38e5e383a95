package com.xxxchatnow.loyalty.simulator.faults;

import java.time.Duration;

/** What can go wrong with a call, on demand. "Applies" = the books change as if all went well. */
public sealed interface Fault {

  /**
   * Answers this status with the contract's error object and applies nothing.
   *
   * @param words what the error object says, in its message and all its details; null: the usual
   */
  record Status(int status, Duration retryAfter, String words) implements Fault {
    public Status(int status) {
      this(status, null);
    }

    public Status(int status, Duration retryAfter) {
      this(status, retryAfter, null);
    }
  }

  /** Waits, then goes on as usual: the call is applied late, maybe after its caller gave up. */
  record Delay(Duration pause) implements Fault {}

  /** Applies at once and answers late. */
  record ApplyThenDelay(Duration pause) implements Fault {}

  /** Closes the connection and applies nothing. */
  record DropBefore() implements Fault {}

  /** Applies, then closes the connection without an answer: the fault that matters most. */
  record ApplyThenDrop() implements Fault {}

  /** Applies, sends half of the answer's body and closes the connection. */
  record CutAnswer() implements Fault {}

  /** Applies and sends the answer byte by byte. */
  record SlowDrip(Duration betweenBytes) implements Fault {}

  /** Answers 200 with a page of HTML, as a proxy in between would. */
  record Html200(boolean applies) implements Fault {}

  /** Forgets every token, then goes on as usual: 401, and only a fresh token helps. */
  record ExpireToken() implements Fault {}

  /** Answers 429 to calls above this rate. */
  record Throttle(int perSecond, Duration retryAfter) implements Fault {}

  /** RRR is away, its token endpoint too: 503, or with {@code closes} a closed connection. */
  record Outage(boolean closes) implements Fault {}

  default String kind() {
    return switch (this) {
      case Status _ -> "status";
      case Delay _ -> "delay";
      case ApplyThenDelay _ -> "apply_then_delay";
      case DropBefore _ -> "drop_before";
      case ApplyThenDrop _ -> "apply_then_drop";
      case CutAnswer _ -> "cut_answer";
      case SlowDrip _ -> "slow_drip";
      case Html200 _ -> "html_200";
      case ExpireToken _ -> "expire_token";
      case Throttle _ -> "throttle";
      case Outage _ -> "outage";
    };
  }
}
