package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.kit.records.FieldFaults;
import com.xxxchatnow.loyalty.redemption.machine.Payment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a readable record of the checkout or the payment system must be to be believed: ids that
 * name one thing, and times that can be. What a request asks for is the table's affair.
 */
final class PublishedRecords {
  /** A checkout's clock decides nothing against others: what is ahead is cut to now. */
  private static final Duration CHECKOUT_AHEAD = Duration.ofHours(24);

  private PublishedRecords() {}

  /** The first fault, in words for the publisher, without the request's values. */
  static Optional<String> fault(RedemptionRequested request, Instant now) {
    return Stream.of(
            FieldFaults.ofId("order_id", request.getOrderId()),
            FieldFaults.ofId("user_id", request.getUserId()),
            optionalId("request_id", request.getRequestId()),
            optionalId("rrr_member_id", request.getRrrMemberId()),
            FieldFaults.ofTime("requested_at", request.getRequestedAt(), now, CHECKOUT_AHEAD))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The first fault, in words for the publisher, without the outcome's values. */
  static Optional<String> fault(PaymentOutcome outcome, Instant now) {
    return Stream.of(
            FieldFaults.ofId("order_id", outcome.getOrderId()),
            optionalId("quote_id", outcome.getQuoteId()),
            FieldFaults.ofTime("occurred_at", outcome.getOccurredAt(), now, Payment.CLOCKS_APART))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** A clock that is ahead must not outrank what others say after it. */
  static Instant notAhead(Instant time, Instant now) {
    return time.isAfter(now) ? now : time;
  }

  private static Optional<String> optionalId(String field, String id) {
    return FieldFaults.optional(id).flatMap(given -> FieldFaults.ofId(field, given));
  }
}
