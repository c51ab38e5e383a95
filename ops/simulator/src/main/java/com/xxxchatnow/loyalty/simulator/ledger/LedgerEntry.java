package com.xxxchatnow.loyalty.simulator.ledger;

import java.time.Instant;

/**
 * One movement of points. Never changed after it was appended, but for one thing: a pending entry
 * gets its {@code postedAt} and {@code balanceAfter} when it is posted.
 *
 * @param pointsDelta signed
 * @param balanceAfter available points right after the posting (pending: before it)
 * @param sourceRef the Idempotency-Key of the operation; of grants the name of the grant
 * @param orderId null for grants
 * @param lineId null but for earns
 * @param postedAt null while pending
 * @param pendingUntil null when posted at once
 */
public record LedgerEntry(
    String entryId,
    String memberId,
    String userId,
    Type type,
    long pointsDelta,
    long balanceAfter,
    String reasonCode,
    String sourceRef,
    String orderId,
    String lineId,
    Instant createdAt,
    Instant postedAt,
    Instant pendingUntil) {

  /** The contract's types. */
  public enum Type {
    EARN,
    REDEEM,
    EXPIRE,
    ADJUST,
    TRANSFER_IN,
    TRANSFER_OUT,
    REVERSAL
  }

  public boolean pending() {
    return postedAt == null;
  }

  LedgerEntry posted(Instant at, long balance) {
    return new LedgerEntry(
        entryId,
        memberId,
        userId,
        type,
        pointsDelta,
        balance,
        reasonCode,
        sourceRef,
        orderId,
        lineId,
        createdAt,
        at,
        pendingUntil);
  }
}
