package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/**
 * The part of RRR's error object that is fit for dead letters and logs: its code, and the names of
 * the field and the reason in its details (docs/rrr-contract.md#errors). Its message is left out,
 * because it may name a person and nothing can tell a name from a word; RRR finds it by the trace
 * id.
 */
final class SafeErrorDetail {
  private static final int MAX_FIELD = 64;
  private static final String CODE = "[A-Z][A-Z0-9_]{1,63}";
  private static final String FIELD = "[a-z][a-z_]*((\\.[a-z][a-z_]*)|(\\[\\d{1,3}]))*";

  private SafeErrorDetail() {}

  /** Such as {@code field=amount_minor reason=TOO_SMALL}; or empty. */
  static String of(JsonNode error) {
    var detail = new StringJoiner(" ");
    var field = error.path("details").path("field").asText("");
    if (field.length() <= MAX_FIELD && field.matches(FIELD)) detail.add("field=" + field);
    var reason = reason(error);
    if (!reason.isEmpty()) detail.add("reason=" + reason);
    return detail.toString();
  }

  /** RRR's reason, or nothing where it does not look like one. */
  static String reason(JsonNode error) {
    var reason = error.path("details").path("reason").asText("");
    return isCode(reason) ? reason : "";
  }

  /** An error code of RRR; anything that does not look like one is not passed on. */
  static String code(String code, int status) {
    return isCode(code) ? code : "HTTP_" + status;
  }

  /** Whether this looks like an error code of RRR: capitals, digits and underscores. */
  static boolean isCode(String code) {
    return code != null && code.matches(CODE);
  }
}
