package com.xxxchatnow.loyalty.cli;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PointsReversed;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what our topics say about points, and spills it. */
final class Claims {
  private final Clients clients;
  private final Spill spill;
  private final UnaryOperator<String> format;

  /**
   * @param format a key as RRR sees it
   */
  Claims(Clients clients, Spill spill, UnaryOperator<String> format) {
    this.clients = clients;
    this.spill = spill;
    this.format = format;
  }

  /** Results of earning published in this time; every member they name. */
  Claims results(Instant from, Instant to) {
    each(
        Topics.EARN_RESULTS,
        from,
        to,
        (record, result) -> {
          if (result.getRrrMemberId() == null) return;
          spill.add(Claim.of(result.getRrrMemberId()));
          switch (result.getStatus()) {
            case EARNED, PENDING -> spill.add(earned(record, result));
            case SKIPPED, DEAD_LETTERED, UNKNOWN -> {}
          }
        });
    return this;
  }

  /** Redemptions that burned points or gave them back, announced in this time. */
  Claims redemptions(Instant from, Instant to) {
    each(
        Topics.REDEMPTIONS,
        from,
        to,
        (_, change) -> {
          if (change.getRrrMemberId() == null || change.getPoints() == null) return;
          spill.add(Claim.of(change.getRrrMemberId()));
          if (change.getStatus() == RedemptionStatus.COMMITTED)
            spill.add(
                redeemed(
                    change,
                    Claim.Kind.BURNED,
                    "redemption_" + change.getOrderId() + numbered(change.getQuotes()),
                    -change.getPoints()));
          if (change.getStatus() == RedemptionStatus.REVERSING && change.getBurned())
            spill.add(redeemed(change, Claim.Kind.GIVING_BACK, "", 0));
          if (change.getStatus() == RedemptionStatus.REVERSED)
            spill.add(
                redeemed(
                    change,
                    Claim.Kind.GIVEN_BACK,
                    "redemption_reverse_" + change.getOrderId() + numbered(change.getReversals()),
                    change.getPoints()));
        });
    return this;
  }

  /** Entries that were told to notification services in this time. */
  Claims told(Instant from, Instant to) {
    each(Topics.POINTS_POSTED, from, to, (_, posted) -> spill.add(told(posted)));
    each(Topics.POINTS_REVERSED, from, to, (_, reversed) -> spill.add(told(reversed)));
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

  private static Claim earned(ConsumerRecord<?, ?> record, EarnResult result) {
    var at =
        result.getPostedAt() == null
            ? Instant.ofEpochMilli(record.timestamp())
            : result.getPostedAt();
    return new Claim(
        Claim.Kind.EARNED,
        result.getRrrMemberId(),
        result.getOrderId(),
        result.getIdempotencyKey(),
        result.getPoints(),
        result.getLedgerEntryId() == null ? "" : result.getLedgerEntryId(),
        at,
        false);
  }

  private Claim redeemed(RedemptionStatusChanged change, Claim.Kind kind, String key, long points) {
    return new Claim(
        kind,
        change.getRrrMemberId(),
        change.getOrderId(),
        key.isEmpty() ? "" : format.apply(key),
        points,
        "",
        change.getOccurredAt(),
        change.getOperator() != null);
  }

  private static Claim told(PointsPosted posted) {
    return new Claim(
        Claim.Kind.POSTED_TOLD,
        posted.getMemberId(),
        "",
        posted.getSourceRef(),
        posted.getPointsDelta(),
        posted.getLedgerEntryId(),
        posted.getReceivedAt(),
        false);
  }

  private static Claim told(PointsReversed reversed) {
    return new Claim(
        Claim.Kind.REVERSED_TOLD,
        reversed.getMemberId(),
        "",
        "",
        reversed.getPointsDelta(),
        reversed.getLedgerEntryId(),
        reversed.getReceivedAt(),
        false);
  }

  /** Keys of a second quote or reversal carry its number (contract, "Decision, keys"). */
  private static String numbered(int number) {
    return number > 1 ? "_" + number : "";
  }
}
