package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.schemas.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What a purchase's end looks like in Kafka: its result, and its dead letter when it has one. */
final class OutcomeRecords {
  private final PurchaseCodec records;
  private final KeyFormat keys;
  private final Clock clock;
  private final MeterRegistry metrics;

  OutcomeRecords(PurchaseCodec records, KeyFormat keys, Clock clock, MeterRegistry metrics) {
    this.records = records;
    this.keys = keys;
    this.clock = clock;
    this.metrics = metrics;
    // Alerts watch these: nobody sees a rise from nothing to 1.
    counted("BOOKED", "NONE");
    for (var reason : Reason.values()) counted("DEAD_LETTERED", reason.name());
  }

  /**
   * @param purchase null: it could not be read, and has no result
   */
  List<ProducerRecord<byte[], byte[]>> of(
      ConsumerRecord<byte[], byte[]> record, PurchaseCompleted purchase, PurchaseOutcome end)
      throws InterruptedException {
    var produced = new ArrayList<ProducerRecord<byte[], byte[]>>();
    var key = purchase == null ? null : keys.format(EarnKey.of(purchase));
    if (purchase != null) produced.add(result(record, purchase, key, end));
    if (end instanceof PurchaseOutcome.Dead(var reason, var detail, var attempts))
      produced.add(
          new DeadLetter(record, reason, detail, attempts, key)
              .record(EarnProcessor.SERVICE, clock));
    count(end);
    return produced;
  }

  private ProducerRecord<byte[], byte[]> result(
      ConsumerRecord<byte[], byte[]> record,
      PurchaseCompleted purchase,
      String key,
      PurchaseOutcome end)
      throws InterruptedException {
    var user = PurchaseValidation.bounded(purchase.getUserId()).getBytes(StandardCharsets.UTF_8);
    var value = records.write(result(purchase, key, end));
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
      case PurchaseOutcome.Dead(var reason, var _, var _) ->
          result.setStatus(EarnStatus.DEAD_LETTERED).setReason(reason);
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
}
