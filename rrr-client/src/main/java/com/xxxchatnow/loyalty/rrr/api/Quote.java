package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;

/**
 * RRR's offer.
 *
 * @param eligible false: no redemption for this cart, and the four last fields may be null
 * @param minPoints null where RRR gives none, like maxPoints
 * @param discountMinor minor units of the cart's currency
 */
public record Quote(
    boolean eligible,
    Long minPoints,
    Long maxPoints,
    Long pointsToBurn,
    Long discountMinor,
    String quoteId,
    Instant expiresAt) {}
