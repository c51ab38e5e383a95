package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.machine.Payment;
import com.xxxchatnow.loyalty.redemption.machine.Quote;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.machine.Stage;
import java.time.Instant;

/**
 * A redemption as it is announced, and back. The first announcement tells the request, the others
 * leave it out; nothing else of a redemption is kept anywhere.
 */
public final class Announcements {
  private Announcements() {}

  /** The announcement of this version. */
  public static RedemptionStatusChanged of(Redemption redemption) {
    var whole = whole(redemption);
    if (redemption.version() > 1) whole.setRequest(null);
    return whole;
  }

  /** The announcement with the request in every version: what the store keeps. */
  static RedemptionStatusChanged whole(Redemption redemption) {
    var quote = redemption.quote();
    var payment = redemption.payment();
    return RedemptionStatusChanged.newBuilder()
        .setOrderId(redemption.orderId())
        .setUserId(redemption.request().getUserId())
        .setVersion(redemption.version())
        .setStatus(redemption.status())
        .setPreviousStatus(redemption.previous())
        .setReason(redemption.reason())
        .setDetail(redemption.detail())
        .setQuoteId(quote == null ? null : quote.id())
        .setPoints(quote == null ? null : quote.points())
        .setDiscountMinor(quote == null ? null : quote.discountMinor())
        .setCurrency(redemption.request().getCurrency())
        .setQuoteExpiresAt(quote == null ? null : quote.expiresAt())
        .setDeadline(redemption.deadline())
        .setAwaiting(redemption.stage().awaits())
        .setQuotes(redemption.quotes())
        .setReversals(redemption.reversals())
        .setBurned(redemption.burned())
        .setPaymentStatus(payment == null ? null : payment.status())
        .setPaymentAt(payment == null ? null : payment.at())
        .setReverseReason(redemption.reverseReason())
        .setRrrMemberId(redemption.memberId())
        .setRequest(redemption.request())
        .setOperator(redemption.operator())
        .setNote(redemption.note())
        .setOccurredAt(redemption.at())
        .setTraceparent(redemption.traceparent())
        .build();
  }

  /**
   * The redemption after an announcement.
   *
   * @param before the redemption before it; null when the announcement has the request itself
   */
  public static Redemption apply(Redemption before, RedemptionStatusChanged event) {
    return new Redemption(
        request(before, event),
        event.getVersion(),
        Stage.of(event.getStatus(), event.getAwaiting()),
        event.getPreviousStatus(),
        event.getOccurredAt(),
        event.getDeadline(),
        event.getRrrMemberId(),
        quote(event),
        event.getQuotes(),
        event.getReversals(),
        event.getBurned(),
        payment(event.getPaymentStatus(), event.getPaymentAt()),
        event.getReverseReason(),
        event.getReason(),
        event.getDetail(),
        event.getOperator(),
        event.getNote(),
        event.getTraceparent());
  }

  private static RedemptionRequested request(Redemption before, RedemptionStatusChanged event) {
    return event.getRequest() == null ? before.request() : event.getRequest();
  }

  private static Quote quote(RedemptionStatusChanged event) {
    return event.getQuoteId() == null
        ? null
        : new Quote(
            event.getQuoteId(),
            event.getPoints(),
            event.getDiscountMinor(),
            event.getQuoteExpiresAt());
  }

  private static Payment payment(PaymentStatus status, Instant at) {
    return status == null ? null : new Payment(status, at);
  }
}
