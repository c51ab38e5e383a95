package com.xxxchatnow.loyalty.simulator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** RRR refuses: a status and RRR's error object (docs/rrr-contract.md#errors). */
public final class Refusal extends RuntimeException {
  private final int status;
  private final String code;
  private final Map<String, String> details;

  public Refusal(int status, String code, String message, Map<String, String> details) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.details = Map.copyOf(details);
  }

  public static Refusal invalid(String field, String message) {
    return new Refusal(422, "VALIDATION_FAILED", message, Map.of("field", field));
  }

  public static Refusal notFound(String reason, String message) {
    return new Refusal(404, "NOT_FOUND", message, Map.of("reason", reason));
  }

  public static Refusal conflict(String reason, String message) {
    return new Refusal(409, "CONFLICT", message, Map.of("reason", reason));
  }

  public static Refusal unauthenticated(String message) {
    return new Refusal(401, "UNAUTHENTICATED", message, Map.of());
  }

  public static Refusal keyReused() {
    return new Refusal(
        409, "IDEMPOTENCY_KEY_REUSE_MISMATCH", "this key was used with another payload", Map.of());
  }

  public static Refusal rateLimited() {
    return new Refusal(429, "RATE_LIMITED", "too many requests", Map.of());
  }

  /** The refusal that an injected status stands for. */
  public static Refusal ofStatus(int status) {
    return new Refusal(status, code(status), "on demand", Map.of("reason", "FAULT"));
  }

  /** The same, with these words wherever there may be some. */
  public static Refusal ofStatus(int status, String words) {
    var details = Map.of("reason", words, "field", words, "member", words);
    return new Refusal(status, code(status), words, details);
  }

  private static String code(int status) {
    return switch (status) {
      case 401 -> "UNAUTHENTICATED";
      case 403 -> "UNAUTHORIZED";
      case 404 -> "NOT_FOUND";
      case 409 -> "CONFLICT";
      case 422 -> "VALIDATION_FAILED";
      case 429 -> "RATE_LIMITED";
      default -> status >= 500 ? "INTERNAL_ERROR" : "BAD_REQUEST";
    };
  }

  public Answer answer() {
    return Answer.of(status, Json.object().set("error", error()));
  }

  /** {@code {code, message, details}}. */
  ObjectNode error() {
    var error = Json.object().put("code", code).put("message", getMessage());
    details.forEach(error.putObject("details")::put);
    return error;
  }
}
