package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A purchase to be turned into points (docs/rrr-contract.md#earn). The same request always makes
 * the same bytes, in every process: metadata is sent in the order of its keys.
 *
 * @param amountMinor money in minor units of the currency
 * @param points what the policy computed
 * @param expiresAt when the points expire, or null for RRR's rule
 */
public record EarnRequest(
    String clientUserId,
    String memberId,
    Source source,
    String orderId,
    String lineId,
    String currency,
    long amountMinor,
    long points,
    PostingMode postingMode,
    Instant expiresAt,
    Map<String, String> metadata) {

  /** What the points are for: {@code source.event_type}. */
  public enum Source {
    TOKEN_PURCHASE,
    MEMBERSHIP_PURCHASE,
    ADJUSTMENT,
    MODEL_AWARD
  }

  /** Whether RRR posts at once or within 48 hours: {@code policy.posting_mode}. */
  public enum PostingMode {
    POSTED,
    PENDING
  }

  public EarnRequest {
    Objects.requireNonNull(clientUserId, "clientUserId");
    Objects.requireNonNull(memberId, "memberId");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(orderId, "orderId");
    Objects.requireNonNull(lineId, "lineId");
    Objects.requireNonNull(currency, "currency");
    Objects.requireNonNull(postingMode, "postingMode");
    metadata = java.util.Collections.unmodifiableMap(new TreeMap<>(metadata));
  }

  @Override
  public String toString() {
    return "EarnRequest[" + source + ", " + points + " points]";
  }
}
