package com.xxxchatnow.loyalty.redemption.machine;

import static com.xxxchatnow.loyalty.redemption.machine.Decision.Why.AGAIN;
import static com.xxxchatnow.loyalty.redemption.machine.Decision.Why.TOO_LATE;
import static com.xxxchatnow.loyalty.redemption.machine.Decision.Why.UNKNOWN_ORDER;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Ignored;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Invalid;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Purged;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Transitioned;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Why;
import com.xxxchatnow.loyalty.redemption.machine.Event.CommitDone;
import com.xxxchatnow.loyalty.redemption.machine.Event.CommitRefused;
import com.xxxchatnow.loyalty.redemption.machine.Event.Deadline;
import com.xxxchatnow.loyalty.redemption.machine.Event.DeadlinePassed;
import com.xxxchatnow.loyalty.redemption.machine.Event.Paid;
import com.xxxchatnow.loyalty.redemption.machine.Event.PaidWithoutDiscount;
import com.xxxchatnow.loyalty.redemption.machine.Event.PaymentEnded;
import com.xxxchatnow.loyalty.redemption.machine.Event.PaymentEvent;
import com.xxxchatnow.loyalty.redemption.machine.Event.QuoteGiven;
import com.xxxchatnow.loyalty.redemption.machine.Event.QuoteRefused;
import com.xxxchatnow.loyalty.redemption.machine.Event.Repair;
import com.xxxchatnow.loyalty.redemption.machine.Event.Reply;
import com.xxxchatnow.loyalty.redemption.machine.Event.Requested;
import com.xxxchatnow.loyalty.redemption.machine.Event.Retry;
import com.xxxchatnow.loyalty.redemption.machine.Event.ReverseDone;
import com.xxxchatnow.loyalty.redemption.machine.Event.ReverseRefused;
import com.xxxchatnow.loyalty.redemption.machine.Event.Settle;
import com.xxxchatnow.loyalty.redemption.machine.Event.Stop;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Absent;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Cancelled;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Charged;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Closed;
import com.xxxchatnow.loyalty.redemption.machine.Stage.CommitFailed;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Committed;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Committing;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Expired;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Finished;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Known;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Payable;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Quoted;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Quoting;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Rejected;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Requoting;
import com.xxxchatnow.loyalty.redemption.machine.Stage.ReverseFailed;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Reversed;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Reversing;
import com.xxxchatnow.loyalty.redemption.machine.Stage.Unpaid;
import java.time.Duration;
import java.time.Instant;

/**
 * The table: what each event does in each state. It decides and does nothing; no Kafka, no clock,
 * no HTTP. Rows are read from the top; README.md has them as a table.
 */
public final class Transitions {
  /** Beyond it, RRR's quotes expire faster than they can be committed. */
  static final int MAX_QUOTES = 5;

  /** What is wrong with a record in another partition than its key's. */
  public static final String MISPLACED =
      "the record is not in its key's partition: let the producer choose it by murmur2, as Kafka's"
          + " Java client does (KafkaJS: DefaultPartitioner; librdkafka: murmur2_random)";

  /**
   * How long the saga waits.
   *
   * @param quote a person waits for the quote
   * @param payment for the payment, from the quote on
   * @param retention a finished redemption is kept
   */
  public record Waits(Duration quote, Duration payment, Duration retention) {}

  private record Row(Stage stage, Event event) {}

  private final Waits waits;

  public Transitions(Waits waits) {
    this.waits = waits;
  }

  /**
   * Decides one event.
   *
   * @param now the redemption; null when the order is unknown
   * @param at the time of the decision
   */
  public Decision decide(Redemption now, Event event, Instant at) {
    return switch (new Row(now == null ? new Absent() : now.stage(), event)) {
      // An unknown order.
      case Row(Absent _, Requested e) -> requested(null, e, at);
      case Row(Absent _, Paid _) -> invalid("paid with a quote, but no redemption is known");
      case Row(Absent _, Stop _) -> ignored(UNKNOWN_ORDER);
      case Row(Absent _, Reply _), Row(Absent _, DeadlinePassed _) -> ignored(UNKNOWN_ORDER);
      case Row(Absent _, Repair _) -> invalid("no such redemption");

      // In every state: again, too late, or meant for another version.
      case Row(Known _, Requested e) when !now.isOfUser(e.request()) ->
          invalid("the order was requested by another user");
      case Row(Known _, Requested e) when now.answers(e.request()) -> ignored(AGAIN);
      case Row(Known _, Requested _) when !now.isOpenForRequests() -> ignored(TOO_LATE);
      case Row(Known _, Requested e) when isOlder(e.request(), now.request()) -> ignored(TOO_LATE);
      case Row(Known _, Requested e) when isOtherUnderSameId(e.request(), now) ->
          new Invalid(
              Reason.OTHER_REQUEST, "a request with other content needs a request_id of its own");
      case Row(Known _, Requested e) -> requested(now, e, at);
      case Row(Known _, PaymentEvent e) when e.payment().equals(now.payment()) -> ignored(AGAIN);
      case Row(Known _, PaymentEvent e) when !e.payment().countsOver(now.payment()) ->
          ignored(TOO_LATE);
      case Row(Known _, PaidWithoutDiscount e) when now.isChargedWithDiscount(e.chargedMinor()) ->
          decide(now, e.with(now.quote()), at);
      case Row(Known _, Reply e) when e.number() != now.numberOf(e.operation()) ->
          ignored(TOO_LATE);
      case Row(Known _, Repair e) when e.expectedVersion() != now.version() ->
          invalid("meant for version %d, not %d".formatted(e.expectedVersion(), now.version()));
      case Row(Finished _, DeadlinePassed(var what)) when what == Deadline.RETENTION ->
          new Purged();

      // Paid with a quote that an earlier request of the order was shown.
      case Row(Unpaid _, Paid e) when now.earlierOffer(e.quoteId()).isPresent() ->
          call(
              now.to(new Committing(), at)
                  .goingBackTo(now.earlierOffer(e.quoteId()).get())
                  .payment(e.payment()));

      // QUOTING
      case Row(Quoting _, QuoteGiven e) -> quoted(now, e, at);
      case Row(Quoting _, QuoteRefused e) -> rejected(now, e.reason(), e.detail(), at);
      case Row(Quoting _, DeadlinePassed(var what)) when what == Deadline.QUOTE ->
          rejected(now, Reason.RRR_UNAVAILABLE, "no quote in time", at);
      case Row(Quoting _, Paid e) ->
          uncovered(now, e, "paid with a quote before one was given", at);
      case Row(Quoting _, Stop e) -> cancelled(now, e, at);
      case Row(Quoting _, Reply _), Row(Quoting _, DeadlinePassed _) -> ignored(TOO_LATE);
      case Row(Quoting _, Repair _) -> unrepairable(now);

      // QUOTED, EXPIRED
      case Row(Payable _, Paid e) when now.quote().hasId(e.quoteId()) ->
          call(now.to(new Committing(), at).payment(e.payment()));
      case Row(Payable _, Paid e) -> uncovered(now, e, "paid with another quote", at);
      case Row(Payable _, PaidWithoutDiscount e) -> cancelled(now, e, at);
      case Row(Payable _, PaymentEnded e) -> reverse(now.to(new Reversing(), at), e.payment());
      case Row(Quoted _, DeadlinePassed(var what)) when what == Deadline.PAYMENT ->
          finished(now.to(new Expired(), at).because(Reason.PAYMENT_TIMEOUT, "nobody paid"), at);
      case Row(Payable _, Reply _) -> ignored(AGAIN);
      case Row(Payable _, DeadlinePassed _) -> ignored(TOO_LATE);
      case Row(Payable _, Repair _) -> unrepairable(now);

      // COMMITTING, COMMITTED, COMMIT_FAILED: a discount was charged.
      case Row(Charged _, Paid e) -> noted(now, e.payment(), at);
      case Row(Charged _, ReverseDone _), Row(Charged _, ReverseRefused _) -> ignored(AGAIN);
      case Row(Charged _, DeadlinePassed _) -> ignored(TOO_LATE);

      // COMMITTING: the commit is out, and nothing is done before RRR has decided it.
      case Row(Committing _, Stop e) -> noted(now, e.payment(), at);
      case Row(Committing _, CommitDone _) when now.stopped() ->
          reverse(now.to(new Reversing(), at).burned(true), now.payment());
      case Row(Committing _, CommitRefused _) when now.stopped() ->
          reverse(now.to(new Reversing(), at), now.payment());
      case Row(Committing _, CommitDone _) ->
          finished(now.to(new Committed(), at).burned(true), at);
      case Row(Committing _, CommitRefused e) when mayQuoteAgain(now, e) ->
          call(now.to(new Requoting(), at).anotherQuote());
      case Row(Committing _, CommitRefused e) -> commitFailed(now, e.reason(), e.detail(), at);
      case Row(Committing _, QuoteGiven _), Row(Committing _, QuoteRefused _) -> ignored(AGAIN);
      case Row(Committing _, Retry e) -> call(now.to(now.stage(), at).by(e));
      case Row(Committing _, Settle _) -> unrepairable(now);

      // COMMITTING, but its quote expired: only a quote is out, nothing can be burned.
      case Row(Requoting _, Stop e) -> reverse(now.to(new Reversing(), at), e.payment());
      case Row(Requoting _, QuoteGiven e) when e.quote().sameDealAs(now.quote()) ->
          call(now.to(new Committing(), at).quote(e.quote(), now.memberId()));
      case Row(Requoting _, QuoteGiven _) ->
          commitFailed(now, Reason.QUOTE_EXPIRED, "a new quote gives another discount", at);
      case Row(Requoting _, QuoteRefused e) ->
          commitFailed(now, Reason.QUOTE_EXPIRED, "no new quote: " + e.reason(), at);
      case Row(Requoting _, CommitDone _), Row(Requoting _, CommitRefused _) -> ignored(TOO_LATE);
      case Row(Requoting _, Retry e) -> call(now.to(now.stage(), at).by(e));
      case Row(Requoting _, Settle _) -> unrepairable(now);

      // COMMITTED
      case Row(Committed _, Stop e) -> reverse(now.to(new Reversing(), at), e.payment());
      case Row(Committed _, Reply _) -> ignored(AGAIN);
      case Row(Committed _, Repair _) -> unrepairable(now);

      // COMMIT_FAILED: nothing is burned.
      case Row(CommitFailed _, Stop e) when now.reversals() > 0 ->
          finished(now.to(new Reversed(), at).payment(e.payment()), at);
      case Row(CommitFailed _, Stop e) -> reverse(now.to(new Reversing(), at), e.payment());
      case Row(CommitFailed _, Reply _) -> ignored(AGAIN);
      case Row(CommitFailed _, Retry e) when now.quote() != null ->
          call(now.to(new Requoting(), at).anotherQuote().by(e));
      case Row(CommitFailed _, Retry _) -> invalid("there is no quote to commit; settle it");
      case Row(CommitFailed _, Settle e) -> settled(now, e, at);

      // REVERSING: the reversal is out, and a new payment waits for its answer.
      case Row(Reversing _, PaymentEvent e) -> noted(now, e.payment(), at);
      case Row(Reversing _, ReverseDone _) when now.paid() -> paidAfterReversal(now, at);
      case Row(Reversing _, ReverseDone _) ->
          finished(now.to(new Reversed(), at).burned(false), at);
      case Row(Reversing _, ReverseRefused _) when now.paid() -> reversalNotNeeded(now, at);
      case Row(Reversing _, ReverseRefused e) ->
          done(now.to(new ReverseFailed(), at).because(e.reason(), e.detail()));
      case Row(Reversing _, Reply _), Row(Reversing _, DeadlinePassed _) -> ignored(TOO_LATE);
      case Row(Reversing _, Retry e) -> call(now.to(now.stage(), at).by(e));
      case Row(Reversing _, Settle _) -> unrepairable(now);

      // REVERSE_FAILED
      case Row(ReverseFailed _, Paid e) -> reversalNotNeeded(now, e.payment(), at);
      case Row(ReverseFailed _, Stop e) -> noted(now, e.payment(), at);
      case Row(ReverseFailed _, Reply _), Row(ReverseFailed _, DeadlinePassed _) ->
          ignored(TOO_LATE);
      case Row(ReverseFailed _, Retry e) ->
          call(now.to(new Reversing(), at).anotherReversal().by(e));
      case Row(ReverseFailed _, Settle e) -> settled(now, e, at);

      // REJECTED, CANCELLED, REVERSED: nothing is burned, and no quote counts any more.
      case Row(Closed _, Paid e) ->
          uncovered(now, e, "paid with a quote after " + now.status(), at);
      case Row(Closed _, Stop e) -> noted(now, e.payment(), at);
      case Row(Closed _, Reply _), Row(Closed _, DeadlinePassed _) -> ignored(TOO_LATE);
      case Row(Closed _, Repair _) -> unrepairable(now);
    };
  }

  /**
   * A first request, or another one in place of it.
   *
   * @param now null for a first one
   */
  private Decision requested(Redemption now, Requested e, Instant at) {
    var fault = RequestValidation.fault(e.request());
    if (fault != null) return refused(now, e, Reason.INVALID, fault, at);
    return switch (e.admission()) {
      case DISABLED -> refused(now, e, Reason.DISABLED, "redeeming is switched off", at);
      case MISPLACED -> refused(now, e, Reason.INVALID, MISPLACED, at);
      case OUT_OF_ROLLOUT ->
          refused(now, e, Reason.OUT_OF_ROLLOUT, "the user takes no part yet", at);
      case ADMITTED -> admitted(now, e, at);
    };
  }

  /** A person has been waiting since the request was sent; nobody waits beyond the timeout. */
  private Decision admitted(Redemption now, Requested e, Instant at) {
    var asked = e.request().getRequestedAt();
    var sent = asked.isAfter(e.sentAt()) ? asked : e.sentAt();
    var deadline = (sent.isAfter(at) ? at : sent).plus(waits.quote);
    return deadline.isAfter(at)
        ? call(answering(now, e, new Quoting(), at).anotherQuote().until(deadline))
        : refused(now, e, Reason.RRR_UNAVAILABLE, "read after its deadline", at);
  }

  private Decision refused(Redemption now, Requested e, Reason reason, String detail, Instant at) {
    return finished(answering(now, e, new Rejected(), at).because(reason, detail), at);
  }

  private static Step answering(Redemption now, Requested e, Stage stage, Instant at) {
    return now == null
        ? Redemption.opened(e.request(), stage, at)
        : now.to(stage, at).answering(e.request());
  }

  private static boolean isOlder(RedemptionRequested request, RedemptionRequested known) {
    return request.getRequestedAt().isBefore(known.getRequestedAt());
  }

  private static boolean isOtherUnderSameId(RedemptionRequested request, Redemption now) {
    return request.getRequestId() != null && now.hasRequestIdOf(request);
  }

  private static boolean mayQuoteAgain(Redemption now, CommitRefused e) {
    return e.quoteExpired() && now.quotesForRequest() < MAX_QUOTES;
  }

  private Decision quoted(Redemption now, QuoteGiven e, Instant at) {
    return done(
        now.to(new Quoted(), at).quote(e.quote(), e.memberId()).until(at.plus(waits.payment)));
  }

  private Decision rejected(Redemption now, Reason reason, String detail, Instant at) {
    return finished(now.to(new Rejected(), at).because(reason, detail), at);
  }

  private Decision cancelled(Redemption now, PaymentEvent e, Instant at) {
    return finished(now.to(new Cancelled(), at).payment(e.payment()), at);
  }

  private Decision commitFailed(Redemption now, Reason reason, String detail, Instant at) {
    return done(now.to(new CommitFailed(), at).because(reason, detail));
  }

  /** A discount was charged for which there is nothing to commit. */
  private Decision uncovered(Redemption now, Paid e, String detail, Instant at) {
    return done(
        now.to(new CommitFailed(), at).payment(e.payment()).because(Reason.INVALID, detail));
  }

  /** The same stage goes on, and knows of a newer payment. */
  private Decision noted(Redemption now, Payment newer, Instant at) {
    return done(
        now.to(now.stage(), at)
            .payment(newer)
            .until(now.deadline())
            .because(now.reason(), now.detail()));
  }

  private Decision reverse(Step to, Payment stop) {
    return call(to.payment(stop).anotherReversal().reverseReason(stop.reverseReason()));
  }

  private Decision paidAfterReversal(Redemption now, Instant at) {
    return done(
        now.to(new CommitFailed(), at)
            .burned(false)
            .because(Reason.INVALID, "paid after REVERSING"));
  }

  private Decision reversalNotNeeded(Redemption now, Instant at) {
    return reversalNotNeeded(now, now.payment(), at);
  }

  /** RRR kept the points and the payment holds after all: that is a commit, if they are burned. */
  private Decision reversalNotNeeded(Redemption now, Payment paid, Instant at) {
    return now.burned()
        ? finished(now.to(new Committed(), at).payment(paid), at)
        : done(
            now.to(new CommitFailed(), at)
                .payment(paid)
                .because(Reason.INVALID, "paid after REVERSING"));
  }

  private Decision settled(Redemption now, Settle e, Instant at) {
    return switch (e.as()) {
      case COMMITTED -> finished(now.to(new Committed(), at).burned(true).by(e), at);
      case CANCELLED -> finished(now.to(new Cancelled(), at).burned(false).by(e), at);
      case REVERSED -> finished(now.to(new Reversed(), at).burned(false).by(e), at);
      case UNKNOWN,
          QUOTING,
          QUOTED,
          REJECTED,
          COMMITTING,
          COMMIT_FAILED,
          EXPIRED,
          REVERSING,
          REVERSE_FAILED ->
          invalid("can't be settled as " + e.as());
    };
  }

  private Decision finished(Step to, Instant at) {
    return done(to.until(at.plus(waits.retention)));
  }

  private static Decision done(Step to) {
    return new Transitioned(to.done(), null);
  }

  private static Decision call(Step to) {
    var next = to.done();
    return new Transitioned(next, Calls.of(next));
  }

  private static Decision ignored(Why why) {
    return new Ignored(why);
  }

  private static Decision invalid(String detail) {
    return new Invalid(Reason.INVALID, detail);
  }

  private static Decision unrepairable(Redemption now) {
    return invalid("a redemption in " + now.status() + " needs no such repair");
  }
}
