package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.redemption.machine.Event.Paid;
import com.xxxchatnow.loyalty.redemption.machine.Event.PaidWithoutDiscount;
import com.xxxchatnow.loyalty.redemption.machine.Event.PaymentEnded;
import com.xxxchatnow.loyalty.redemption.machine.Event.PaymentEvent;
import java.util.Optional;

/** What an operator should know of a payment outcome, whatever the table makes of it. */
public enum PaymentDoubt {
  /** Something else was charged than the cart's total less the discount. */
  CHARGED_OTHERWISE,
  /** By its amount the discount was charged, but the outcome does not name the quote. */
  QUOTE_NOT_NAMED,
  /** A stop that a payment overrules: the points stay burned. */
  STOP_OVERRULED,
  /** A payment that a stop overrules, although its time is later: clocks may be apart so much. */
  PAYMENT_OVERRULED;

  /**
   * The doubt about an event; most have none.
   *
   * @param now the redemption before it; null when the order is unknown
   */
  public static Optional<PaymentDoubt> about(Redemption now, Event event) {
    if (now == null || !(event instanceof PaymentEvent e)) return Optional.empty();
    if (!e.payment().countsOver(now.payment())) return overruled(now.payment(), e.payment());
    return switch (e) {
      case Paid paid -> charge(now, paid);
      case PaidWithoutDiscount paid -> charge(now, paid);
      case PaymentEnded _ -> Optional.empty();
    };
  }

  private static Optional<PaymentDoubt> overruled(Payment counts, Payment late) {
    if (counts.charged() && late.status() != PaymentStatus.SUCCEEDED)
      return Optional.of(STOP_OVERRULED);
    return late.charged() && !counts.charged() && late.at().isAfter(counts.at())
        ? Optional.of(PAYMENT_OVERRULED)
        : Optional.empty();
  }

  private static Optional<PaymentDoubt> charge(Redemption now, Paid e) {
    var earlier = now.earlierOffer(e.quoteId());
    var quote = earlier.map(Offer::quote).orElse(now.quote());
    if (e.chargedMinor() == null || quote == null) return Optional.empty();
    var total = earlier.map(Offer::request).orElse(now.request()).getCartTotalMinor();
    return e.chargedMinor() == total - quote.discountMinor()
        ? Optional.empty()
        : Optional.of(CHARGED_OTHERWISE);
  }

  private static Optional<PaymentDoubt> charge(Redemption now, PaidWithoutDiscount e) {
    if (now.isChargedWithDiscount(e.chargedMinor())) return Optional.of(QUOTE_NOT_NAMED);
    return e.chargedMinor() == null || e.chargedMinor() == now.request().getCartTotalMinor()
        ? Optional.empty()
        : Optional.of(CHARGED_OTHERWISE);
  }
}
