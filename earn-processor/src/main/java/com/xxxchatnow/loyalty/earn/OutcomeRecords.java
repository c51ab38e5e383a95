package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.deadletter.Rejections;
import com.xxxchatnow.loyalty.kit.records.FieldFaults;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.schemas.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * How a purchase ended, as records: its result, its dead letter when it has one, and what its
 * publisher is to know.
 */
final class OutcomeRecords {
  private static final String OTHER_KEY =
      "accepted, but the record's key is not the purchase's user_id: the order of a user's"
          + " purchases is lost; key records of payments.purchases.v1 by user_id";

  private final PurchaseCodec codec;
  private final KeyFormat format;
  private final Rejections rejections;
  private final Clock clock;
  private final MeterRegistry metrics;

  OutcomeRecords(
      PurchaseCodec codec,
      KeyFormat format,
      Rejections rejections,
      Clock clock,
      MeterRegistry metrics) {
    this.codec = codec;
    this.format = format;
    this.rejections = rejections;
    this.clock = clock;
    this.metrics = metrics;
    // Alerts watch these: nobody sees a rise from nothing to 1.
    counted("BOOKED", "NONE");
    for (var reason : Reason.values()) counted("DEAD_LETTERED", reason.name());
    otherKeys();
  }

  /**
   * @param purchase null: it could not be read, and has no result
   */
  List<ProducerRecord<byte[], byte[]>> of(
      ConsumerRecord<byte[], byte[]> record, PurchaseCompleted purchase, PurchaseOutcome end)
      throws InterruptedException {
    var produced = new ArrayList<ProducerRecord<byte[], byte[]>>();
    var key = purchase == null ? null : PurchaseKey.of(record, purchase, format).sent();
    if (purchase != null) produced.add(result(record, purchase, key, end));
    if (end instanceof PurchaseOutcome.Dead(var reason, var detail, var attempts)) {
      var letter = new DeadLetter(record, reason, detail, attempts, key);
      produced.add(letter.record(EarnProcessor.SERVICE, clock));
      rejection(letter, purchase).ifPresent(produced::add);
    } else if (!isKeyedByUser(record, purchase)) {
      // A working publisher must not break by an upgrade.
      rejection(new DeadLetter(record, Reason.INVALID, OTHER_KEY, 0, key), purchase)
          .ifPresent(produced::add);
    }
    if (purchase != null && !isKeyedByUser(record, purchase)) otherKeys().increment();
    count(end);
    return produced;
  }

  private Optional<ProducerRecord<byte[], byte[]>> rejection(
      DeadLetter letter, PurchaseCompleted purchase) throws InterruptedException {
    var event = purchase == null ? null : purchase.getEventId();
    var order = purchase == null ? null : purchase.getOrderId();
    return codec.patiently(() -> rejections.of(letter, event, order));
  }

  private static boolean isKeyedByUser(
      ConsumerRecord<byte[], byte[]> record, PurchaseCompleted purchase) {
    return Arrays.equals(record.key(), purchase.getUserId().getBytes(StandardCharsets.UTF_8));
  }

  private ProducerRecord<byte[], byte[]> result(
      ConsumerRecord<byte[], byte[]> record,
      PurchaseCompleted purchase,
      String key,
      PurchaseOutcome end)
      throws InterruptedException {
    var user = PurchaseValidation.bounded(purchase.getUserId()).getBytes(StandardCharsets.UTF_8);
    var value = codec.write(result(purchase, key, end));
    var produced = new ProducerRecord<>(Topics.EARN_RESULTS.name(), user, value);
    TraceHeaders.carry(record.headers(), produced.headers());
    // The one that RRR was sent, also where the purchase brought none.
    var trace = TraceHeaders.requestTrace(record).toString().getBytes(StandardCharsets.UTF_8);
    produced.headers().remove(TraceHeaders.REQUEST_TRACE).add(TraceHeaders.REQUEST_TRACE, trace);
    return produced;
  }

  private static EarnResult result(PurchaseCompleted purchase, String key, PurchaseOutcome end) {
    var result =
        EarnResult.newBuilder()
            .setEventId(PurchaseValidation.bounded(purchase.getEventId()))
            .setOccurredAt(purchase.getOccurredAt())
            .setOrderId(PurchaseValidation.bounded(purchase.getOrderId()))
            .setLineId(PurchaseValidation.bounded(purchase.getLineId()))
            .setUserId(PurchaseValidation.bounded(purchase.getUserId()))
            .setKind(purchase.getKind())
            .setPoints(0)
            .setIdempotencyKey(key)
            .setAmountMinor(purchase.getAmountMinor())
            .setCurrency(PurchaseValidation.bounded(purchase.getCurrency()))
            .setUserTier(
                FieldFaults.optional(purchase.getUserTier())
                    .map(PurchaseValidation::bounded)
                    .orElse(null))
            .setAttempts(end.attempts());
    switch (end) {
      case PurchaseOutcome.Booked(var member, var points, var earned, var _) ->
          result
              .setStatus(earned.postedAt() == null ? EarnStatus.PENDING : EarnStatus.EARNED)
              .setRrrMemberId(member)
              .setPoints(points)
              .setLedgerEntryId(earned.ledgerEntryId())
              .setPostedAt(earned.postedAt())
              .setPendingUntil(earned.pendingUntil());
      case PurchaseOutcome.Skipped(var reason, var _) ->
          result.setStatus(EarnStatus.SKIPPED).setReason(reason);
      case PurchaseOutcome.Dead(var reason, var detail, var _) ->
          result.setStatus(EarnStatus.DEAD_LETTERED).setReason(reason).setDetail(detail);
    }
    return result.build();
  }

  /** Counts what is handled; after a crash or a rebalance a purchase may be handled again. */
  private void count(PurchaseOutcome end) {
    switch (end) {
      case PurchaseOutcome.Booked booked -> {
        counted("BOOKED", "NONE").increment();
        metrics.counter("earn.points").increment(booked.points());
      }
      case PurchaseOutcome.Skipped skipped ->
          counted("SKIPPED", skipped.reason().name()).increment();
      case PurchaseOutcome.Dead dead -> counted("DEAD_LETTERED", dead.reason().name()).increment();
    }
  }

  private Counter counted(String end, String reason) {
    return metrics.counter("earn.purchases", "end", end, "reason", reason);
  }

  private Counter otherKeys() {
    return metrics.counter("earn.purchases.other.key");
  }
}
