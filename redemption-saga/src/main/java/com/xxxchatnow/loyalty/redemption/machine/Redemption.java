package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionOperation;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.ReverseReason;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All that the saga knows of one order's redemption. Each version of it is announced, and the
 * announcements, one after the other, rebuild it.
 *
 * @param request the one that it answers
 * @param version counts per order from 1
 * @param previous the status before; null in the first version
 * @param firstCalledAt when the awaited call was first made under its key; null: at {@code at}
 * @param quotes how many quotes were asked for; the newest and its commit have this number
 * @param firstQuote the number of the first one for this request
 * @param reversals how many reversals were asked for
 * @param quote the newest quote for this request; its points and discount never change once
 *     announced; null when none
 * @param earlier quotes of earlier requests that may still be paid with, the newest last
 * @param burned RRR has burned the points and not given them back
 * @param payment the outcome that counts; null when none
 * @param reverseReason what RRR was told; stays, so that a repeated call is the same call
 * @param deadline when {@link #stage} ends by itself; null when it does not
 * @param reason null unless something did not go its way; explained by {@code detail}
 * @param operator who repaired it, explained by {@code note}; null unless this version is a repair
 * @param traceparent W3C trace context of what led here; null when it had none
 */
public record Redemption(
    RedemptionRequested request,
    long version,
    Stage stage,
    RedemptionStatus previous,
    Instant at,
    Instant firstCalledAt,
    Instant deadline,
    String memberId,
    Quote quote,
    List<Offer> earlier,
    int quotes,
    int firstQuote,
    int reversals,
    boolean burned,
    Payment payment,
    ReverseReason reverseReason,
    Reason reason,
    String detail,
    String operator,
    String note,
    String traceparent) {

  public String orderId() {
    return request.getOrderId();
  }

  public RedemptionStatus status() {
    return stage.status();
  }

  /** The number of the newest call of this kind. */
  int numberOf(RedemptionOperation operation) {
    return switch (operation) {
      case QUOTE, COMMIT -> quotes;
      case REVERSE -> reversals;
      case UNKNOWN -> 0;
    };
  }

  /** How many quotes were asked for this request. */
  int quotesForRequest() {
    return quotes - firstQuote + 1;
  }

  /** Whether the payment that counts charged the discount. */
  boolean paid() {
    return payment != null && payment.charged();
  }

  /** Whether the payment that counts says that nothing is to be burned. */
  boolean stopped() {
    return payment != null && !payment.charged();
  }

  /** Whether this amount is the cart's total less the discount. */
  boolean isChargedWithDiscount(Long minor) {
    return minor != null
        && quote != null
        && quote.discountMinor() != 0
        && minor == request.getCartTotalMinor() - quote.discountMinor();
  }

  /** The quote of an earlier request that a payment names. */
  Optional<Offer> earlierOffer(String quoteId) {
    return earlier.stream().filter(offer -> offer.quote().hasId(quoteId)).findFirst();
  }

  boolean isOfUser(RedemptionRequested other) {
    return request.getUserId().equals(other.getUserId());
  }

  /** Whether another request of this order may still be answered. */
  boolean isOpenForRequests() {
    return stage instanceof Stage.Unpaid && payment == null;
  }

  /** Whether the other one has this request's id; a request without id is known by its content. */
  boolean hasRequestIdOf(RedemptionRequested other) {
    return Objects.equals(request.getRequestId(), other.getRequestId());
  }

  /** Whether this answers the other one, which may be the same request sent again. */
  boolean answers(RedemptionRequested other) {
    return hasRequestIdOf(other)
        && request.getCartTotalMinor() == other.getCartTotalMinor()
        && request.getCurrency().equals(other.getCurrency())
        && request.getItems().equals(other.getItems())
        && request.getMode() == other.getMode()
        && Objects.equals(request.getPoints(), other.getPoints())
        && Objects.equals(request.getRrrMemberId(), other.getRrrMemberId());
  }

  /** The same, led here by this trace; null: by the one before. */
  public Redemption tracedBy(String parent) {
    return new Redemption(
        request,
        version,
        stage,
        previous,
        at,
        firstCalledAt,
        deadline,
        memberId,
        quote,
        earlier,
        quotes,
        firstQuote,
        reversals,
        burned,
        payment,
        reverseReason,
        reason,
        detail,
        operator,
        note,
        parent == null ? traceparent : parent);
  }

  /** A new redemption, about to take its first stage. */
  public static Step opened(RedemptionRequested request, Stage stage, Instant at) {
    var nothing =
        new Redemption(
            request,
            0,
            new Stage.Absent(),
            null,
            at,
            null,
            null,
            request.getRrrMemberId(),
            null,
            List.of(),
            0,
            1,
            0,
            false,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return nothing.to(stage, at);
  }

  /** The next version, in this stage. Deadline, reason and operator are of one version only. */
  public Step to(Stage next, Instant when) {
    return new Step(this, next, when);
  }
}
