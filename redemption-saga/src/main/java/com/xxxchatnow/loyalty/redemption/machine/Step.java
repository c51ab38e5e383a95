package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionOperation;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.ReverseReason;
import java.time.Instant;
import java.util.List;

/** The next version of a redemption while it is written. */
public final class Step {
  private final Redemption from;
  private final Stage stage;
  private final Instant at;
  private RedemptionRequested request;
  private Instant deadline;
  private String memberId;
  private Quote quote;
  private List<Offer> earlier;
  private int quotes;
  private int firstQuote;
  private int reversals;
  private boolean burned;
  private Payment payment;
  private ReverseReason reverseReason;
  private Reason reason;
  private String detail;
  private String operator;
  private String note;

  Step(Redemption from, Stage stage, Instant at) {
    this.from = from;
    this.stage = stage;
    this.at = at;
    request = from.request();
    memberId = from.memberId();
    quote = from.quote();
    earlier = from.earlier();
    quotes = from.quotes();
    firstQuote = from.firstQuote();
    reversals = from.reversals();
    burned = from.burned();
    payment = from.payment();
    reverseReason = from.reverseReason();
  }

  public Step until(Instant when) {
    deadline = when;
    return this;
  }

  public Step quote(Quote given, String member) {
    quote = given;
    memberId = member;
    return this;
  }

  public Step anotherQuote() {
    quotes++;
    return this;
  }

  /** Answers another request. The quote lapses: it is no longer shown, but may have been paid. */
  public Step answering(RedemptionRequested next) {
    if (quote != null) earlier = Offer.remembered(earlier, Offer.of(request, quote, memberId));
    request = next;
    memberId = next.getRrrMemberId();
    quote = null;
    firstQuote = quotes + 1;
    return this;
  }

  /** Goes back to an earlier request; its quote is committed under a number that is new. */
  Step goingBackTo(Offer offer) {
    request = offer.request();
    memberId = offer.memberId();
    quote = offer.quote();
    quotes++;
    firstQuote = quotes;
    return this;
  }

  Step anotherReversal() {
    reversals++;
    return this;
  }

  Step burned(boolean now) {
    burned = now;
    return this;
  }

  Step payment(Payment counting) {
    payment = counting;
    return this;
  }

  Step reverseReason(ReverseReason why) {
    reverseReason = why;
    return this;
  }

  Step because(Reason code, String words) {
    reason = code;
    detail = words;
    return this;
  }

  Step by(Event.Repair repair) {
    operator = repair.operator();
    note = repair.note();
    return this;
  }

  public Redemption done() {
    return new Redemption(
        request,
        from.version() + 1,
        stage,
        from.version() == 0 ? null : from.status(),
        at,
        firstCalledAt(),
        deadline,
        memberId,
        quote,
        stage instanceof Stage.Unpaid ? earlier : List.of(),
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
        from.traceparent());
  }

  /** A repeated call has the time of its first: RRR's memory of its key counts from then. */
  private Instant firstCalledAt() {
    var call = stage.awaits();
    if (call == null || call != from.stage().awaits() || number(call) != from.numberOf(call))
      return null;
    return from.firstCalledAt() == null ? from.at() : from.firstCalledAt();
  }

  private int number(RedemptionOperation call) {
    return call == RedemptionOperation.REVERSE ? reversals : quotes;
  }
}
