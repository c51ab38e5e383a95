package com.xxxchatnow.loyalty.redemption.machine;

import java.time.Instant;
import java.util.UUID;

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

  /** Whether a payment means this quote: RRR's ids are UUIDs, whose letters may be of any case. */
  boolean hasId(String other) {
    return id.equals(other) || (id.equalsIgnoreCase(other) && isUuid(id));
  }

  private static boolean isUuid(String text) {
    try {
      return UUID.fromString(text) != null;
    } catch (IllegalArgumentException notOne) {
      return false;
    }
  }
}
