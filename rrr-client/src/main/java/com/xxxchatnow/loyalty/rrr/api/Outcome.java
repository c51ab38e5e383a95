package com.xxxchatnow.loyalty.rrr.api;

import java.time.Duration;

/**
 * How a call ended. No answer is a value too: {@link Unanswered} is neither done nor refused. RRR
 * may have applied it, and only the same call under the same key can find out.
 */
public sealed interface Outcome<T> {

  /** Requests that were sent to RRR, the last one included. */
  int attempts();

  /**
   * Time between sending and answer, over all attempts: RRR's part of the time the caller waited.
   */
  Duration waited();

  /** RRR did it, now or under the same key before. */
  record Done<T>(T value, int attempts, Duration waited) implements Outcome<T> {}

  /**
   * RRR definitely did not, and never will for this payload.
   *
   * @param code RRR's error code; {@code KEEPS_FAILING} for a call that the client gave up
   * @param detail for an operator: no ids, no PII, at most 300 characters
   */
  record Refused<T>(Refusal why, String code, String detail, int attempts, Duration waited)
      implements Outcome<T> {}

  /**
   * The call's deadline passed without a definite answer.
   *
   * @param how what the last attempt met, without ids
   */
  record Unanswered<T>(String how, int attempts, Duration waited) implements Outcome<T> {}
}
