package com.xxxchatnow.loyalty.rrr.api;

import java.util.Objects;

/** Give burned points back (docs/rrr-contract.md#redemption-reversal). */
public record ReverseRequest(String clientOrderId, Reason reason) {

  /** Why, as RRR names it. */
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
