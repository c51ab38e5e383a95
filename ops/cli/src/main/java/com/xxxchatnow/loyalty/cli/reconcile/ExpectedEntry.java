package com.xxxchatnow.loyalty.cli.reconcile;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;

/**
 * What one of our topics says about a member's points.
 *
 * @param ref the Idempotency-Key of the operation, which RRR's ledger names as source_ref
 * @param points signed, as in the ledger
 * @param discountMinor what the points were worth at the checkout, in minor units; 0 where the
 *     topic does not tell
 * @param entryId RRR's ledger entry, or empty when the topic does not name it
 * @param at when it happened, as far as the topic tells
 * @param byHand an operator had a part in it, so that RRR's books may say it otherwise
 */
record ExpectedEntry(
    Kind kind,
    String member,
    String orderId,
    String ref,
    long points,
    long discountMinor,
    String entryId,
    Instant at,
    boolean byHand) {

  /** What is said. */
  enum Kind {
    /** The member has something to do with us; nothing is claimed. */
    MEMBER,
    EARNED,
    BURNED,
    /** Burned points are being given back. */
    GIVING_BACK,
    GIVEN_BACK,
    /** A call to burn points, or to give them back: its key, its order and its discount. */
    CALLED,
    /** The event points-posted was published for the entry. */
    POSTED_TOLD,
    /** The event points-reversed was published for the entry. */
    REVERSED_TOLD,
    /** RRR's confirmation was published that the order's points were burned. */
    COMMIT_CONFIRMED,
    /** … that they were given back. */
    REVERSAL_CONFIRMED
  }

  /** The member alone. */
  static ExpectedEntry of(String member) {
    return new ExpectedEntry(Kind.MEMBER, member, "", "", 0, 0, "", Instant.EPOCH, false);
  }

  boolean within(Instant from, Instant to) {
    return !at.isBefore(from) && at.isBefore(to);
  }

  @SuppressWarnings("EnumOrdinal") // read back by the same run
  void write(DataOutput out) throws IOException {
    out.writeByte(kind.ordinal());
    out.writeUTF(member);
    out.writeUTF(orderId);
    out.writeUTF(ref);
    out.writeLong(points);
    out.writeLong(discountMinor);
    out.writeUTF(entryId);
    out.writeLong(at.toEpochMilli());
    out.writeBoolean(byHand);
  }

  static ExpectedEntry read(DataInput in) throws IOException {
    return new ExpectedEntry(
        Kind.values()[in.readByte()],
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readUTF(),
        Instant.ofEpochMilli(in.readLong()),
        in.readBoolean());
  }
}
