package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionOperation;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.ReverseReason;
import java.time.Instant;

/**
 * All that the saga knows of one order's redemption. Each version of it is announced, and the
 * announcements, one after the other, rebuild it.
 *
 * @param version counts per order from 1
 * @param previous the status before; null in the first version
 * @param quotes how many quotes were asked for; the newest and its commit have this number
 * @param reversals how many reversals were asked for
 * @param quote the newest quote; its points and discount never change once announced
 * @param burned RRR has burned the points and not given them back
 * @param payment the newest outcome that counts; null when none
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
    Instant deadline,
    String memberId,
    Quote quote,
    int quotes,
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

  /** Whether the newest payment says that the discount was charged. */
  boolean paid() {
    return payment != null && payment.status() == PaymentStatus.SUCCEEDED;
  }

  /** Whether the newest payment says that nothing is to be burned. */
  boolean stopped() {
    return payment != null && payment.stopped();
  }

  /** The same, led here by this trace; null: by the one before. */
  public Redemption tracedBy(String parent) {
    return new Redemption(
        request,
        version,
        stage,
        previous,
        at,
        deadline,
        memberId,
        quote,
        quotes,
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
            request.getRrrMemberId(),
            null,
            0,
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

  /** The next version while it is written. */
  public static final class Step {
    private final Redemption from;
    private final Stage stage;
    private final Instant at;
    private Instant deadline;
    private String memberId;
    private Quote quote;
    private int quotes;
    private int reversals;
    private boolean burned;
    private Payment payment;
    private ReverseReason reverseReason;
    private Reason reason;
    private String detail;
    private String operator;
    private String note;

    private Step(Redemption from, Stage stage, Instant at) {
      this.from = from;
      this.stage = stage;
      this.at = at;
      memberId = from.memberId;
      quote = from.quote;
      quotes = from.quotes;
      reversals = from.reversals;
      burned = from.burned;
      payment = from.payment;
      reverseReason = from.reverseReason;
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

    Step anotherReversal() {
      reversals++;
      return this;
    }

    Step burned(boolean now) {
      burned = now;
      return this;
    }

    Step payment(Payment newest) {
      payment = newest;
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
          from.request,
          from.version + 1,
          stage,
          from.version == 0 ? null : from.status(),
          at,
          deadline,
          memberId,
          quote,
          quotes,
          reversals,
          burned,
          payment,
          reverseReason,
          reason,
          detail,
          operator,
          note,
          from.traceparent);
    }
  }
}
