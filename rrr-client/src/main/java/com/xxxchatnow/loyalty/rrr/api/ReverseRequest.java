package com.xxxchatnow.loyalty.rrr.api;

import java.util.Objects;

/** Give burned points back (contract: POST /v1/redemptions/reverse). */
public record ReverseRequest(String clientOrderId, Reason reason) {

  /** Why, as the contract names it. */
  public enum Reason {
    PAYMENT_FAILED,
    CANCELLED,
    FRAUD_BLOCKED
  }

  public ReverseRequest {
    Objects.requireNonNull(clientOrderId, "clientOrderId");
    Objects.requireNonNull(reason, "reason");
  }

  @Override
  public String toString() {
    return "ReverseRequest[" + reason + "]";
  }
}
