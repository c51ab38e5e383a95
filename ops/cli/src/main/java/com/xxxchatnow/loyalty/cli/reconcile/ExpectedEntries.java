package com.xxxchatnow.loyalty.cli.reconcile;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PointsReversed;
import com.xxxchatnow.loyalty.events.RedemptionConfirmed;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what our topics say about points, and spills it. */
final class ExpectedEntries {
  private final Clients clients;
  private final Spill spill;
  private final UnaryOperator<String> format;

  /**
   * @param format a key as RRR sees it
   */
  ExpectedEntries(Clients clients, Spill spill, UnaryOperator<String> format) {
    this.clients = clients;
    this.spill = spill;
    this.format = format;
  }

  /** Results of earning published in this time; every member they name. */
  ExpectedEntries results(Instant from, Instant to) {
    each(
        Topics.EARN_RESULTS,
        from,
        to,
        (record, result) -> {
          if (result.getRrrMemberId() == null) return;
          spill.add(ExpectedEntry.of(result.getRrrMemberId()));
          switch (result.getStatus()) {
            case EARNED, PENDING -> spill.add(earned(record, result));
            case SKIPPED, DEAD_LETTERED, UNKNOWN -> {}
          }
        });
    return this;
  }

  /** Redemptions that burned points or gave them back, announced in this time. */
  ExpectedEntries redemptions(Instant from, Instant to) {
    each(
        Topics.REDEMPTIONS,
        from,
        to,
        (_, change) -> {
          if (change.getRrrMemberId() == null || change.getPoints() == null) return;
          spill.add(ExpectedEntry.of(change.getRrrMemberId()));
          // Points move when the state changes, not when something is noted in it later.
          if (change.getStatus() == change.getPreviousStatus()) return;
          switch (change.getStatus()) {
            case COMMITTED ->
                spill.add(
                    redeemed(
                        change, ExpectedEntry.Kind.BURNED, commitKey(change), -change.getPoints()));
            case REVERSING -> {
              if (change.getBurned())
                spill.add(redeemed(change, ExpectedEntry.Kind.GIVING_BACK, "", 0));
            }
            case REVERSED ->
                spill.add(
                    redeemed(
                        change,
                        ExpectedEntry.Kind.GIVEN_BACK,
                        reverseKey(change),
                        change.getPoints()));
            default -> {}
          }
        });
    return this;
  }

  /** Commits and reversals that were asked of RRR, announced in this time. */
  ExpectedEntries calls(Instant from, Instant to) {
    each(
        Topics.REDEMPTIONS,
        from,
        to,
        (_, change) -> {
          if (change.getRrrMemberId() == null || change.getDiscountMinor() == null) return;
          if (change.getPaymentStatus() == null) return;
          spill.add(
              redeemed(change, ExpectedEntry.Kind.CALLED, commitKey(change), -change.getPoints()));
          if (change.getReversals() > 0)
            spill.add(
                redeemed(
                    change, ExpectedEntry.Kind.CALLED, reverseKey(change), change.getPoints()));
        });
    return this;
  }

  /** Entries and redemptions that were told to notification services in this time. */
  ExpectedEntries told(Instant from, Instant to) {
    each(Topics.POINTS_POSTED, from, to, (_, posted) -> spill.add(told(posted)));
    each(Topics.POINTS_REVERSED, from, to, (_, reversed) -> spill.add(told(reversed)));
    each(
        Topics.REDEMPTION_CONFIRMATIONS,
        from,
        to,
        (_, confirmed) -> {
          switch (confirmed.getKind()) {
            case COMMITTED -> spill.add(told(confirmed, ExpectedEntry.Kind.COMMIT_CONFIRMED));
            case REVERSED -> spill.add(told(confirmed, ExpectedEntry.Kind.REVERSAL_CONFIRMED));
            case UNKNOWN -> {}
          }
        });
    return this;
  }

  private <V extends SpecificRecord> void each(
      Topic<V> topic,
      Instant from,
      Instant to,
      BiConsumer<ConsumerRecord<byte[], byte[]>, V> reader) {
    try (var values = clients.serdes().<V>deserializer()) {
      Scan.of(clients, topic.name())
          .from(from)
          .each(record -> {
            if (record.timestamp() < to.toEpochMilli())
              reader.accept(record, values.deserialize(topic.name(), record.value()));
          });
    }
  }

  private static ExpectedEntry earned(ConsumerRecord<?, ?> record, EarnResult result) {
    var at =
        result.getPostedAt() == null
            ? Instant.ofEpochMilli(record.timestamp())
            : result.getPostedAt();
    return new ExpectedEntry(
        ExpectedEntry.Kind.EARNED,
        result.getRrrMemberId(),
        result.getOrderId(),
        result.getIdempotencyKey(),
        result.getPoints(),
        0,
        result.getLedgerEntryId() == null ? "" : result.getLedgerEntryId(),
        at,
        false);
  }

  private ExpectedEntry redeemed(
      RedemptionStatusChanged change, ExpectedEntry.Kind kind, String key, long points) {
    return new ExpectedEntry(
        kind,
        change.getRrrMemberId(),
        change.getOrderId(),
        key.isEmpty() ? "" : format.apply(key),
        points,
        change.getDiscountMinor() == null ? 0 : change.getDiscountMinor(),
        "",
        change.getOccurredAt(),
        change.getOperator() != null);
  }

  private static ExpectedEntry told(PointsPosted posted) {
    return new ExpectedEntry(
        ExpectedEntry.Kind.POSTED_TOLD,
        posted.getMemberId(),
        "",
        posted.getSourceRef(),
        posted.getPointsDelta(),
        0,
        posted.getLedgerEntryId(),
        posted.getReceivedAt(),
        false);
  }

  private static ExpectedEntry told(PointsReversed reversed) {
    return new ExpectedEntry(
        ExpectedEntry.Kind.REVERSED_TOLD,
        reversed.getMemberId(),
        "",
        "",
        reversed.getPointsDelta(),
        0,
        reversed.getLedgerEntryId(),
        reversed.getReceivedAt(),
        false);
  }

  private static ExpectedEntry told(RedemptionConfirmed confirmed, ExpectedEntry.Kind kind) {
    return new ExpectedEntry(
        kind,
        confirmed.getMemberId(),
        confirmed.getOrderId(),
        "",
        confirmed.getPoints(),
        0,
        "",
        confirmed.getReceivedAt(),
        false);
  }

  private static String commitKey(RedemptionStatusChanged change) {
    return IdempotencyKeys.redemptionCommit(change.getOrderId(), Math.max(1, change.getQuotes()));
  }

  private static String reverseKey(RedemptionStatusChanged change) {
    return IdempotencyKeys.redemptionReverse(
        change.getOrderId(), Math.max(1, change.getReversals()));
  }
}
