package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionReply;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.kit.records.FieldFaults;
import com.xxxchatnow.loyalty.redemption.machine.Event;
import com.xxxchatnow.loyalty.redemption.machine.Event.Admission;
import com.xxxchatnow.loyalty.redemption.machine.Payment;
import com.xxxchatnow.loyalty.redemption.machine.Quote;
import com.xxxchatnow.loyalty.redemption.stream.Incoming.Decoded;
import com.xxxchatnow.loyalty.redemption.stream.Incoming.Undecodable;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** Makes events of the bytes of the saga's four topics. */
final class EventDecoder {
  private final Deserializer<SpecificRecord> deserializer;
  private final Function<String, Admission> admission;

  /**
   * @param admission whether a user's new request may be served
   */
  EventDecoder(AvroSerdes serdes, Function<String, Admission> admission) {
    this.deserializer = serdes.deserializer();
    this.admission = admission;
  }

  /**
   * Reads a record.
   *
   * @param now the time of reading
   * @throws RegistryAwayException when the registry does not answer
   */
  Incoming read(ConsumerRecord<byte[], byte[]> record, Instant now) {
    if (record.key() == null || record.value() == null)
      return new Undecodable(Reason.INVALID, "no key or no value");
    try {
      var orderId = new String(record.key(), StandardCharsets.UTF_8);
      if (orderId.isBlank()) return new Undecodable(Reason.INVALID, "the key is blank");
      var value = deserializer.deserialize(record.topic(), record.value());
      return incoming(orderId, value, Instant.ofEpochMilli(record.timestamp()), now);
    } catch (RuntimeException unreadable) {
      if (RegistryFaults.isOutage(unreadable)) throw new RegistryAwayException(unreadable);
      return new Undecodable(
          Reason.UNREADABLE, RegistryFaults.describe(record.value(), unreadable));
    }
  }

  private Incoming incoming(String key, SpecificRecord record, Instant sentAt, Instant now) {
    return switch (record) {
      case RedemptionRequested request ->
          believed(PublishedRecords.fault(request, now))
              .orElseGet(() -> of(key, request.getOrderId(), requested(request, sentAt, now)));
      case PaymentOutcome outcome ->
          believed(PublishedRecords.fault(outcome, now))
              .orElseGet(() -> of(key, outcome.getOrderId(), payment(outcome, now)));
      case RedemptionReply reply -> of(key, reply.getOrderId(), reply(reply));
      case RepairRequested repair -> of(key, repair.getOrderId(), repair(repair));
      default -> new Undecodable(Reason.INVALID, "a record of another topic");
    };
  }

  private static Optional<Incoming> believed(Optional<String> fault) {
    return fault.map(words -> new Undecodable(Reason.INVALID, words));
  }

  private static Incoming of(String key, String orderId, Event event) {
    if (!key.equals(orderId)) return new Undecodable(Reason.INVALID, "the key is not the order_id");
    return event == null
        ? new Undecodable(Reason.INVALID, "readable, but it says nothing that the saga knows")
        : new Decoded(orderId, event);
  }

  private Event requested(RedemptionRequested request, Instant sentAt, Instant now) {
    request.setRequestId(FieldFaults.optional(request.getRequestId()).orElse(null));
    request.setRrrMemberId(FieldFaults.optional(request.getRrrMemberId()).orElse(null));
    request.setRequestedAt(PublishedRecords.notAhead(request.getRequestedAt(), now));
    return new Event.Requested(request, admission.apply(request.getUserId()), sentAt);
  }

  private static Event payment(PaymentOutcome outcome, Instant now) {
    var at = PublishedRecords.notAhead(outcome.getOccurredAt(), now);
    return switch (outcome.getStatus()) {
      case SUCCEEDED -> paid(outcome, at);
      case FAILED, CANCELLED, FRAUD_BLOCKED ->
          new Event.PaymentEnded(new Payment(outcome.getStatus(), at));
      case UNKNOWN -> null;
    };
  }

  private static Event paid(PaymentOutcome outcome, Instant at) {
    var charged = outcome.getChargedMinor();
    return FieldFaults.optional(outcome.getQuoteId())
        .<Event>map(quote -> new Event.Paid(quote, charged, new Payment(outcome.getStatus(), at)))
        .orElseGet(() ->
            new Event.PaidWithoutDiscount(charged, new Payment(outcome.getStatus(), at, true)));
  }

  private static Event reply(RedemptionReply reply) {
    var number = reply.getNumber();
    var done =
        switch (reply.getOutcome()) {
          case DONE -> true;
          case REFUSED, UNANSWERED -> false;
          case UNKNOWN -> null;
        };
    if (done == null || (!done && reply.getReason() == null)) return null;
    return switch (reply.getOperation()) {
      case QUOTE ->
          done
              ? quote(reply)
              : new Event.QuoteRefused(number, reply.getReason(), reply.getDetail());
      case COMMIT ->
          done
              ? new Event.CommitDone(number)
              : new Event.CommitRefused(number, reply.getReason(), reply.getDetail());
      case REVERSE ->
          done
              ? new Event.ReverseDone(number)
              : new Event.ReverseRefused(number, reply.getReason(), reply.getDetail());
      case UNKNOWN -> null;
    };
  }

  private static Event quote(RedemptionReply reply) {
    if (Boolean.FALSE.equals(reply.getEligible()))
      return new Event.QuoteRefused(reply.getNumber(), Reason.NOT_ELIGIBLE, reply.getDetail());
    if (reply.getQuoteId() == null
        || reply.getPoints() == null
        || reply.getDiscountMinor() == null
        || reply.getQuoteExpiresAt() == null
        || reply.getRrrMemberId() == null) return null;
    var quote =
        new Quote(
            reply.getQuoteId(),
            reply.getPoints(),
            reply.getDiscountMinor(),
            reply.getQuoteExpiresAt());
    return new Event.QuoteGiven(reply.getNumber(), quote, reply.getRrrMemberId());
  }

  private static Event repair(RepairRequested repair) {
    if (repair.getOperator().isBlank() || repair.getNote().isBlank()) return null;
    return switch (repair.getAction()) {
      case RETRY ->
          new Event.Retry(repair.getExpectedVersion(), repair.getOperator(), repair.getNote());
      case SETTLE ->
          repair.getSettleAs() == null
              ? null
              : new Event.Settle(
                  repair.getExpectedVersion(),
                  repair.getSettleAs(),
                  repair.getOperator(),
                  repair.getNote());
      case UNKNOWN -> null;
    };
  }
}
