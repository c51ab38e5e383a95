package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;

/**
 * One immutable movement of points (docs/rrr-contract.md#ledger).
 *
 * @param pointsDelta signed
 * @param postedAt null while pending
 * @param actorType null where RRR names no actor, like actorId
 */
public record LedgerEntry(
    String entryId,
    String memberId,
    String clientId,
    Type type,
    long pointsDelta,
    long balanceAfter,
    String reasonCode,
    String sourceRef,
    Instant createdAt,
    Instant postedAt,
    String actorType,
    String actorId) {

  /** What moved the points. */
  public enum Type {
    EARN,
    REDEEM,
    EXPIRE,
    ADJUST,
    TRANSFER_IN,
    TRANSFER_OUT,
    REVERSAL,
    /** A type this version does not know. */
    UNKNOWN
  }
}
