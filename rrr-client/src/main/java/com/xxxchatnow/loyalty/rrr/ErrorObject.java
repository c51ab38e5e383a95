package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * RRR's own error object (docs/rrr-contract.md#errors). It distinguishes RRR's refusal from the
 * answer of somebody in between (a gateway's {@code {"message": …}}, a framework's {@code {"error":
 * "Not Found"}}, an empty 404), which decides nothing.
 *
 * @param detail names of a field and a reason, see {@link SafeErrorDetail}
 * @param reason {@code details.reason}, or empty
 */
record ErrorObject(int status, String code, String detail, String reason) {

  /** The codes of docs/rrr-contract.md#status-codes; each belongs to one status. */
  private static final Map<String, Integer> LISTED =
      Map.of(
          "UNAUTHENTICATED", 401,
          "UNAUTHORIZED", 403,
          "NOT_FOUND", 404,
          "CONFLICT", 409,
          "IDEMPOTENCY_KEY_REUSE_MISMATCH", 409,
          "VALIDATION_FAILED", 422,
          "RATE_LIMITED", 429,
          "INTERNAL_ERROR", 500);

  /**
   * Empty where the body is anything else, or its code is one that RRR lists for another status. A
   * code that it does not list fits every status.
   */
  static Optional<ErrorObject> in(Reply.Answered answer) {
    try {
      var error = Json.parse(answer.body()).path("error");
      if (!wellFormed(error)) return Optional.empty();
      var code = error.path("code").textValue();
      if (LISTED.getOrDefault(code, answer.status()) != answer.status()) return Optional.empty();
      var detail = SafeErrorDetail.of(error);
      var reason = SafeErrorDetail.reason(error);
      return Optional.of(new ErrorObject(answer.status(), code, detail, reason));
    } catch (Json.Broken e) {
      return Optional.empty();
    }
  }

  /** {@code {code, message?, details?}}, the code in capitals as all of RRR's are. */
  static boolean wellFormed(JsonNode error) {
    return SafeErrorDetail.isCode(error.path("code").textValue())
        && (!error.hasNonNull("message") || error.get("message").isTextual())
        && (!error.hasNonNull("details") || error.get("details").isObject());
  }

  /** A refused commit whose quote has expired: see docs/rrr-contract.md#expired-quote. */
  boolean expired(Operation<?> operation, Instant now) {
    var expiresAt = operation.quoteExpiresAt();
    return (status == 404 || status == 409 || status == 422)
        && expiresAt != null
        && (now.isAfter(expiresAt) || reason.equals("QUOTE_EXPIRED"));
  }

  <T> Verdict<T> refused(Refusal why) {
    return new Verdict.Refused<>(why, code, (status + " " + detail).strip());
  }
}
