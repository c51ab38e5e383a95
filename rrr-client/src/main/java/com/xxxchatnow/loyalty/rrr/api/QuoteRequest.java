package com.xxxchatnow.loyalty.rrr.api;

import java.util.List;
import java.util.Objects;

/**
 * Asks what points are worth for this cart (docs/rrr-contract.md#redemption-quote). Burns nothing.
 *
 * @param totalMinor minor units of the currency
 * @param points how many to burn; null with {@link Mode#MAX}
 */
public record QuoteRequest(
    String clientUserId,
    String memberId,
    String currency,
    long totalMinor,
    List<Item> items,
    Mode mode,
    Long points) {

  /** As many points as possible, or exactly so many. */
  public enum Mode {
    MAX,
    EXACT
  }

  /** A line of the cart; {@code minor} in minor units. */
  public record Item(String sku, long qty, long minor) {}

  public QuoteRequest {
    Objects.requireNonNull(clientUserId, "clientUserId");
    Objects.requireNonNull(memberId, "memberId");
    Objects.requireNonNull(currency, "currency");
    Objects.requireNonNull(mode, "mode");
    items = List.copyOf(items);
  }

  @Override
  public String toString() {
    return "QuoteRequest[" + mode + ", " + totalMinor + " " + currency + "]";
  }
}
