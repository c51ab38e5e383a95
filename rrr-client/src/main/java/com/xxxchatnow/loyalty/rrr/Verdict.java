package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * What a reply means. {@link #of} is the only place that reads a status code of a call (contract:
 * the table under Transport).
 */
sealed interface Verdict<T> {

  /** RRR did it. */
  record Done<T>(T value) implements Verdict<T> {}

  /** RRR will never do it. */
  record Refused<T>(Refusal why, String code, String detail) implements Verdict<T> {}

  /**
   * Unknown, repeat.
   *
   * @param answered whether RRR said something (5xx, a broken 2xx) or was silent
   * @param after not before this, or null
   */
  record Again<T>(String how, boolean answered, Duration after) implements Verdict<T> {}

  /** RRR is well and we are too fast; {@code after} may be null. */
  record Throttled<T>(Duration after) implements Verdict<T> {}

  /** The token is not accepted (any more). */
  record Unauthenticated<T>() implements Verdict<T> {}

  static <T> Verdict<T> of(Reply reply, Operation<T> operation, Instant now) {
    return switch (reply) {
      case Reply.Lost(var how) -> new Again<>(how, false, null);
      case Reply.Answered answer -> of(answer, operation, now);
    };
  }

  private static <T> Verdict<T> of(Reply.Answered answer, Operation<T> operation, Instant now) {
    var error = Error.in(answer);
    return switch ((Integer) answer.status()) {
      case Integer s when s >= 200 && s < 300 -> done(answer, operation);
      case 401 -> new Unauthenticated<>();
      // Not in the table; by its meaning (RFC 9110) one of its "timeouts".
      case 408 -> new Again<>("answered 408", true, null);
      case 429 -> new Throttled<>(retryAfter(answer.retryAfter(), now));
      // A proxy's page is not RRR's word: a reverse must not take it for "nothing was burned".
      case Integer s when s >= 400 && s < 500 && error.foreign() ->
          new Again<>("answered " + s + " by something that is not RRR", true, null);
      case Integer s when s == 409 && error.code().equals("IDEMPOTENCY_KEY_REUSE_MISMATCH") ->
          error.refused(Refusal.KEY_REUSED);
      case Integer s when error.expired(operation, now) -> error.refused(Refusal.QUOTE_EXPIRED);
      case 403 -> error.refused(Refusal.UNAUTHORIZED);
      case 404 -> error.refused(Refusal.REFUSED_NOT_FOUND);
      case 409 -> error.refused(Refusal.REFUSED_CONFLICT);
      case 422 -> error.refused(Refusal.REFUSED_VALIDATION);
      case Integer s when s >= 400 && s < 500 -> error.refused(Refusal.REFUSED_OTHER);
      // 5xx; and 1xx and 3xx, which RRR does not send: something in between is in the way.
      case Integer s -> new Again<>("answered " + s, true, retryAfter(answer.retryAfter(), now));
    };
  }

  private static <T> Verdict<T> done(Reply.Answered answer, Operation<T> operation) {
    try {
      return new Done<>(operation.answer().read(answer.body()));
    } catch (Json.Broken e) {
      var how = "answered " + answer.status() + " without the promised JSON (" + e.getMessage();
      return new Again<>(how + ")", true, null);
    }
  }

  /** Seconds or an HTTP date; null where there is none or nobody can read it. */
  private static Duration retryAfter(String header, Instant now) {
    if (header == null) return null;
    try {
      if (header.strip().matches("\\d{1,9}"))
        return Duration.ofSeconds(Long.parseLong(header.strip()));
      var at = ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
      var left = Duration.between(now, at.toInstant());
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** The contract's error body. */
  record Error(int status, boolean foreign, String code, String detail, String reason) {

    static Error in(Reply.Answered answer) {
      if (answer.status() < 400 || answer.body().length == 0) return none(answer.status(), false);
      try {
        JsonNode error = Json.parse(answer.body()).path("error");
        if (error instanceof MissingNode) return none(answer.status(), false);
        var code = error.path("code").asText("");
        return new Error(
            answer.status(), false, code, SafeErrorDetail.of(error), SafeErrorDetail.reason(error));
      } catch (Json.Broken e) {
        return none(answer.status(), true);
      }
    }

    private static Error none(int status, boolean foreign) {
      return new Error(status, foreign, "", "", "");
    }

    /** Contract, decision "expired quote". */
    boolean expired(Operation<?> operation, Instant now) {
      var expiresAt = operation.quoteExpiresAt();
      return (status == 404 || status == 409 || status == 422)
          && expiresAt != null
          && (now.isAfter(expiresAt) || reason.equals("QUOTE_EXPIRED"));
    }

    <T> Verdict<T> refused(Refusal why) {
      return new Refused<>(
          why, SafeErrorDetail.code(code, status), (status + " " + detail).strip());
    }
  }
}
