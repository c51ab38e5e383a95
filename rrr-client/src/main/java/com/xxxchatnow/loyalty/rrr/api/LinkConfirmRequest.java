package com.xxxchatnow.loyalty.rrr.api;

import java.util.Objects;

/**
 * The proof that user and member are one person (docs/rrr-contract.md#link-confirmation).
 *
 * @param assertion a secret
 */
public record LinkConfirmRequest(
    String intentId, String memberId, String clientUserId, Method method, String assertion) {

  /** {@code proof.method}. */
  public enum Method {
    SSO_ASSERTION,
    EMAIL_OTP,
    SIGNED_JWT
  }

  public LinkConfirmRequest {
    Objects.requireNonNull(intentId, "intentId");
    Objects.requireNonNull(memberId, "memberId");
    Objects.requireNonNull(clientUserId, "clientUserId");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(assertion, "assertion");
  }

  @Override
  public String toString() {
    return "LinkConfirmRequest[" + method + ", assertion=***]";
  }
}
