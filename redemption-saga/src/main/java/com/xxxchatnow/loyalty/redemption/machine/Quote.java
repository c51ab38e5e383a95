package com.xxxchatnow.loyalty.redemption.machine;

import java.time.Instant;

/**
 * RRR's offer.
 *
 * @param discountMinor in minor units of the cart's currency
 */
public record Quote(String id, long points, long discountMinor, Instant expiresAt) {

  /** Whether the other one takes and gives the same. */
  boolean sameDealAs(Quote other) {
    return points == other.points && discountMinor == other.discountMinor;
  }
}
