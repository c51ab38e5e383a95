package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.EarlierQuote;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.machine.Offer;
import com.xxxchatnow.loyalty.redemption.machine.Payment;
import com.xxxchatnow.loyalty.redemption.machine.Quote;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.machine.Stage;

/**
 * A redemption as it is announced, and back. The announcements that answer another request than the
 * one before tell it, the others leave it out; nothing else of a redemption is kept anywhere.
 */
public final class Announcements {
  private Announcements() {}

  /**
   * The announcement of a version.
   *
   * @param before the version before; null for the first
   */
  public static RedemptionStatusChanged of(Redemption before, Redemption next) {
    var whole = whole(next);
    if (before != null && before.request().equals(next.request())) whole.setRequest(null);
    return whole;
  }

  /** The announcement with the request in every version: what the store keeps. */
  public static RedemptionStatusChanged whole(Redemption redemption) {
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
        .setRequestId(redemption.request().getRequestId())
        .setFirstCalledAt(redemption.firstCalledAt())
        .setPaidWithoutDiscount((payment != null && payment.withoutDiscount()) ? true : null)
        .setFirstQuote(redemption.firstQuote() == 1 ? null : redemption.firstQuote())
        .setEarlierQuotes(redemption.earlier().stream().map(Announcements::earlier).toList())
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
        event.getFirstCalledAt(),
        event.getDeadline(),
        event.getRrrMemberId(),
        quote(event),
        event.getEarlierQuotes().stream().map(Announcements::earlier).toList(),
        event.getQuotes(),
        event.getFirstQuote() == null ? 1 : event.getFirstQuote(),
        event.getReversals(),
        event.getBurned(),
        payment(event),
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

  private static Payment payment(RedemptionStatusChanged event) {
    return event.getPaymentStatus() == null
        ? null
        : new Payment(
            event.getPaymentStatus(),
            event.getPaymentAt(),
            Boolean.TRUE.equals(event.getPaidWithoutDiscount()));
  }

  private static EarlierQuote earlier(Offer offer) {
    var quote = offer.quote();
    return new EarlierQuote(
        offer.request(),
        quote.id(),
        quote.points(),
        quote.discountMinor(),
        quote.expiresAt(),
        offer.memberId());
  }

  private static Offer earlier(EarlierQuote earlier) {
    var quote =
        new Quote(
            earlier.getQuoteId(),
            earlier.getPoints(),
            earlier.getDiscountMinor(),
            earlier.getQuoteExpiresAt());
    return new Offer(earlier.getRequest(), quote, earlier.getRrrMemberId());
  }
}
