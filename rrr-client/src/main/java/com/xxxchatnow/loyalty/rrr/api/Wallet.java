package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;
import java.util.List;

/**
 * A member's points (docs/rrr-contract.md#wallet).
 *
 * @param pendingPoints null where RRR gives none
 */
public record Wallet(
    String memberId,
    long availablePoints,
    long escrowPoints,
    Long pendingPoints,
    List<Expiring> expiringSoon,
    Instant asOf) {

  /** Points that expire at a time. */
  public record Expiring(long points, Instant expiresAt) {}
}
