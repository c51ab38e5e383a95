package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;

/**
 * RRR accepted a purchase.
 *
 * @param postedAt when the points were posted; null while they are pending
 * @param pendingUntil latest time of posting, or null
 */
public record Earned(String ledgerEntryId, Instant postedAt, Instant pendingUntil) {}
