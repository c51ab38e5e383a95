package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.time.Duration;
import java.time.Instant;

/**
 * What a reply means. {@link #of} is the only place that reads a status code of a call
 * (docs/rrr-contract.md#status-codes).
 */
sealed interface Verdict<T> {

  /** RRR did it. */
  record Done<T>(T value) implements Verdict<T> {}

  /** RRR will never do it. */
  record Refused<T>(Refusal why, String code, String detail) implements Verdict<T> {}

  /**
   * Unknown, repeat.
   *
   * @param answered whether there was an answer or silence
   * @param after not before this, or null
   */
  record Again<T>(String how, boolean answered, Duration after) implements Verdict<T> {}

  /**
   * An answer that RRR does not give: a 2xx without the promised body, a 4xx without RRR's own
   * error object, a 1xx or 3xx. Unknown, repeat.
   */
  record Unrecognized<T>(String how) implements Verdict<T> {}

  /** RRR is well and we are too fast; {@code after} may be null. */
  record Throttled<T>(Duration after) implements Verdict<T> {}

  /** The token is not accepted, or no longer. */
  record Unauthenticated<T>() implements Verdict<T> {}

  static <T> Verdict<T> of(Reply reply, Operation<T> operation, Instant now) {
    return switch (reply) {
      case Reply.Lost(var how) -> new Again<>(how, false, null);
      case Reply.Answered answer -> of(answer, operation, now);
    };
  }

  private static <T> Verdict<T> of(Reply.Answered answer, Operation<T> operation, Instant now) {
    return switch ((Integer) answer.status()) {
      case Integer s when s >= 200 && s < 300 -> done(answer, operation);
      case 401 -> new Unauthenticated<>();
      case 429 -> new Throttled<>(RetryAfter.parse(answer.retryAfter(), now));
      // 408 is not in the table; by its meaning (RFC 9110) it is one of its "timeouts".
      case Integer s when s >= 500 || s == 408 ->
          new Again<>("answered " + s, true, RetryAfter.parse(answer.retryAfter(), now));
      case Integer s when s >= 400 ->
          ErrorObject.in(answer)
              .map(error -> Verdict.<T>refused(error, operation, now))
              .orElseGet(
                  () -> new Unrecognized<>(answer.summary() + " without RRR's error object"));
      default -> new Unrecognized<>(answer.summary());
    };
  }

  private static <T> Verdict<T> done(Reply.Answered answer, Operation<T> operation) {
    try {
      return new Done<>(operation.answer().read(answer.body()));
    } catch (Json.Broken e) {
      var how = "%s without the promised JSON (%s)".formatted(answer.summary(), e.getMessage());
      return new Unrecognized<>(how);
    }
  }

  private static <T> Verdict<T> refused(ErrorObject error, Operation<?> operation, Instant now) {
    if (error.code().equals("IDEMPOTENCY_KEY_REUSE_MISMATCH"))
      return error.refused(Refusal.KEY_REUSED);
    if (error.expired(operation, now)) return error.refused(Refusal.QUOTE_EXPIRED);
    return error.refused(
        switch (error.status()) {
          case 403 -> Refusal.UNAUTHORIZED;
          case 404 -> Refusal.REFUSED_NOT_FOUND;
          case 409 -> Refusal.REFUSED_CONFLICT;
          case 422 -> Refusal.REFUSED_VALIDATION;
          default -> Refusal.REFUSED_OTHER;
        });
  }
}
