package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;
import java.util.Objects;

/**
 * Burn the quoted points (docs/rrr-contract.md#redemption-commit).
 *
 * @param quoteExpiresAt not sent: distinguishes an expired quote from another refusal
 */
public record CommitRequest(
    String quoteId,
    String clientOrderId,
    String clientUserId,
    String memberId,
    Instant quoteExpiresAt) {
  public CommitRequest {
    Objects.requireNonNull(quoteId, "quoteId");
    Objects.requireNonNull(clientOrderId, "clientOrderId");
    Objects.requireNonNull(clientUserId, "clientUserId");
    Objects.requireNonNull(memberId, "memberId");
    Objects.requireNonNull(quoteExpiresAt, "quoteExpiresAt");
  }

  @Override
  public String toString() {
    return "CommitRequest[quoteExpiresAt=" + quoteExpiresAt + "]";
  }
}
