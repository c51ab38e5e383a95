package com.xxxchatnow.loyalty.simulator.ledger;

import java.time.Instant;

/**
 * One movement of points. Never changed after it was appended, except that a pending entry gets its
 * {@code postedAt} and {@code balanceAfter} when it is posted.
 *
 * @param pointsDelta signed
 * @param balanceAfter available points right after the posting (pending: before it)
 * @param sourceRef the Idempotency-Key of the operation, of an item of a batch its {@code
 *     source_ref}; of grants the name of the grant. What callers see is {@link RrrState#sourceRef}
 * @param clientId whose operation it was
 * @param orderId null for grants
 * @param lineId null except for earns
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
    String clientId,
    String orderId,
    String lineId,
    Instant createdAt,
    Instant postedAt,
    Instant pendingUntil) {

  /** The types of docs/rrr-contract.md#ledger. */
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
        clientId,
        orderId,
        lineId,
        createdAt,
        at,
        pendingUntil);
  }
}
