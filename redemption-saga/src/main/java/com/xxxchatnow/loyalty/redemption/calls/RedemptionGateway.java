package com.xxxchatnow.loyalty.redemption.calls;

import com.xxxchatnow.loyalty.events.CallOutcome;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionReply;
import com.xxxchatnow.loyalty.events.ReverseReason;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.kit.links.MemberResolver;
import com.xxxchatnow.loyalty.kit.links.MemberResolver.Resolution;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Priority;
import com.xxxchatnow.loyalty.rrr.api.Quote;
import com.xxxchatnow.loyalty.rrr.api.QuoteRequest;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import com.xxxchatnow.loyalty.rrr.api.ReverseRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A call of the saga as a call of RRR's API, and RRR's outcome as the saga's reply. */
public final class RedemptionGateway {
  private final RrrClient rrr;
  private final MemberResolver members;
  private final Clock clock;

  public RedemptionGateway(RrrClient rrr, MemberResolver members, Clock clock) {
    this.rrr = rrr;
    this.members = members;
    this.clock = clock;
  }

  /** The call's idempotency key. */
  public static String key(RedemptionCall call) {
    return switch (call.getOperation()) {
      case QUOTE -> IdempotencyKeys.redemptionQuote(call.getOrderId(), call.getNumber());
      case COMMIT -> IdempotencyKeys.redemptionCommit(call.getOrderId(), call.getNumber());
      case REVERSE -> IdempotencyKeys.redemptionReverse(call.getOrderId(), call.getNumber());
      case UNKNOWN -> throw new IllegalArgumentException("no operation");
    };
  }

  /** What makes a readable call senseless, or null. */
  static String fault(RedemptionCall call) {
    return switch (call.getOperation()) {
      case QUOTE ->
          call.getCurrency() == null || call.getCartTotalMinor() == null || call.getMode() == null
              ? "a quote without its cart"
              : null;
      case COMMIT ->
          call.getQuoteId() == null
                  || call.getQuoteExpiresAt() == null
                  || call.getRrrMemberId() == null
              ? "a commit without its quote"
              : null;
      case REVERSE ->
          call.getReverseReason() == null || call.getReverseReason() == ReverseReason.UNKNOWN
              ? "a reversal without a reason"
              : null;
      case UNKNOWN -> "no operation";
    };
  }

  /** Blocks until RRR's answer is definite, or until the call's deadline. */
  RedemptionReply answer(RedemptionCall call, Trace trace) throws InterruptedException {
    if (IdempotencyKeys.mayBeForgotten(firstCalledAt(call), clock.instant()))
      return reply(call)
          .setOutcome(CallOutcome.REFUSED)
          .setReason(Reason.EXPIRED_KEY)
          .setDetail("first called more than 29 days ago")
          .build();
    return switch (call.getOperation()) {
      case QUOTE -> quote(call, trace);
      case COMMIT -> commit(call, trace);
      case REVERSE -> reverse(call, trace);
      case UNKNOWN -> throw new IllegalArgumentException("no operation");
    };
  }

  /** A repair calls again under the same key: RRR's memory of it counts from the first call. */
  private static Instant firstCalledAt(RedemptionCall call) {
    return call.getFirstCalledAt() == null ? call.getCalledAt() : call.getFirstCalledAt();
  }

  private RedemptionReply quote(RedemptionCall call, Trace trace) throws InterruptedException {
    return switch (member(call, trace)) {
      case Resolution.Member<Outcome<LinkStatus>>(var id, var asked) ->
          quote(call, id, asked.map(Outcome::waited).orElse(Duration.ZERO), trace);
      case Resolution.NotLinked<Outcome<LinkStatus>>(var _, var asked) ->
          unlinked(call, Reason.NOT_LINKED)
              .setRrrMillis(asked.map(Outcome::waited).orElse(Duration.ZERO).toMillis())
              .build();
      case Resolution.NotAsked<Outcome<LinkStatus>> _ -> unlinked(call, Reason.DISABLED).build();
      case Resolution.Unanswered<Outcome<LinkStatus>>(var outcome) ->
          undone(reply(call), outcome).build();
    };
  }

  private Resolution<Outcome<LinkStatus>> member(RedemptionCall call, Trace trace)
      throws InterruptedException {
    return members.resolve(
        call.getUserId(),
        call.getRrrMemberId(),
        () -> link(rrr.linkStatus(call.getUserId(), rrrCall(call, null, trace))));
  }

  private static MemberResolver.Answer<Outcome<LinkStatus>> link(Outcome<LinkStatus> outcome) {
    return switch (outcome) {
      case Outcome.Done<LinkStatus>(var status, _, _) when status.linked() ->
          new MemberResolver.Answer.Linked<>(status.memberId(), outcome);
      case Outcome.Done<LinkStatus> _ -> new MemberResolver.Answer.NotLinked<>(outcome);
      case Outcome.Refused<LinkStatus> refused when refused.why() == Refusal.REFUSED_NOT_FOUND ->
          new MemberResolver.Answer.NotLinked<>(outcome);
      case Outcome.Refused<LinkStatus> _, Outcome.Unanswered<LinkStatus> _ ->
          new MemberResolver.Answer.None<>(outcome);
    };
  }

  private RedemptionReply.Builder unlinked(RedemptionCall call, Reason reason) {
    return reply(call).setOutcome(CallOutcome.REFUSED).setReason(reason);
  }

  private RedemptionReply quote(RedemptionCall call, String member, Duration waited, Trace trace)
      throws InterruptedException {
    var request =
        new QuoteRequest(
            call.getUserId(),
            member,
            call.getCurrency(),
            call.getCartTotalMinor(),
            call.getItems().stream()
                .map(item -> new QuoteRequest.Item(item.getSku(), item.getQty(), item.getMinor()))
                .toList(),
            call.getMode() == RedemptionMode.EXACT
                ? QuoteRequest.Mode.EXACT
                : QuoteRequest.Mode.MAX,
            call.getPoints());
    var outcome = rrr.quote(request, rrrCall(call, key(call), trace));
    var reply = reply(call).setRrrMemberId(member);
    if (outcome instanceof Outcome.Done<Quote>(var quote, var attempts, var time))
      given(reply, quote).setAttempts(attempts).setRrrMillis(time.plus(waited).toMillis());
    else undone(reply, outcome).setRrrMillis(outcome.waited().plus(waited).toMillis());
    return reply.setAnsweredAt(clock.instant()).build();
  }

  private static RedemptionReply.Builder given(RedemptionReply.Builder reply, Quote quote) {
    return quote.eligible()
        ? reply
            .setOutcome(CallOutcome.DONE)
            .setEligible(true)
            .setQuoteId(quote.quoteId())
            .setPoints(quote.pointsToBurn())
            .setDiscountMinor(quote.discountMinor())
            .setQuoteExpiresAt(quote.expiresAt())
        : reply.setOutcome(CallOutcome.REFUSED).setReason(Reason.NOT_ELIGIBLE).setEligible(false);
  }

  private RedemptionReply commit(RedemptionCall call, Trace trace) throws InterruptedException {
    var request =
        new CommitRequest(
            call.getQuoteId(),
            call.getOrderId(),
            call.getUserId(),
            call.getRrrMemberId(),
            call.getQuoteExpiresAt());
    var outcome = rrr.commit(request, rrrCall(call, key(call), trace));
    return outcome instanceof Outcome.Done
        ? done(reply(call), outcome).build()
        : undone(reply(call), outcome).build();
  }

  private RedemptionReply reverse(RedemptionCall call, Trace trace) throws InterruptedException {
    var request = new ReverseRequest(call.getOrderId(), reason(call.getReverseReason()));
    var outcome = rrr.reverse(request, rrrCall(call, key(call), trace));
    return outcome instanceof Outcome.Done || nothingBurned(outcome)
        ? done(reply(call), outcome).build()
        : undone(reply(call), outcome).build();
  }

  /** A 404 to a reversal: there is nothing to reverse (contract, errors: "see the endpoint"). */
  private static boolean nothingBurned(Outcome<?> outcome) {
    return outcome instanceof Outcome.Refused<?> refused
        && refused.why() == Refusal.REFUSED_NOT_FOUND;
  }

  private RedemptionReply.Builder done(RedemptionReply.Builder reply, Outcome<?> outcome) {
    return reply
        .setOutcome(CallOutcome.DONE)
        .setAttempts(outcome.attempts())
        .setRrrMillis(outcome.waited().toMillis())
        .setAnsweredAt(clock.instant());
  }

  private RedemptionReply.Builder undone(RedemptionReply.Builder reply, Outcome<?> outcome) {
    reply
        .setAttempts(outcome.attempts())
        .setRrrMillis(outcome.waited().toMillis())
        .setAnsweredAt(clock.instant());
    return switch (outcome) {
      case Outcome.Refused<?> refused ->
          reply
              .setOutcome(CallOutcome.REFUSED)
              .setReason(Reason.valueOf(refused.why().name()))
              .setDetail(refused.code() + ": " + refused.detail());
      case Outcome.Unanswered<?> later ->
          reply
              .setOutcome(CallOutcome.UNANSWERED)
              .setReason(Reason.RRR_UNAVAILABLE)
              .setDetail(later.how());
      case Outcome.Done<?> _ -> throw new IllegalArgumentException("it is done");
    };
  }

  private RedemptionReply.Builder reply(RedemptionCall call) {
    return RedemptionReply.newBuilder()
        .setOrderId(call.getOrderId())
        .setOperation(call.getOperation())
        .setNumber(call.getNumber())
        .setRrrMemberId(call.getRrrMemberId())
        .setAttempts(0)
        .setRrrMillis(0)
        .setAnsweredAt(clock.instant());
  }

  /** Where a person waits there is a deadline, and the person goes first. */
  private static CallOptions rrrCall(RedemptionCall call, String key, Trace trace) {
    var priority = call.getDeadline() == null ? Priority.NORMAL : Priority.HIGH;
    return new CallOptions(key, trace.id(), priority, call.getDeadline(), trace.traceparent());
  }

  private static ReverseRequest.Reason reason(ReverseReason reason) {
    return switch (reason) {
      case PAYMENT_FAILED -> ReverseRequest.Reason.PAYMENT_FAILED;
      case CANCELLED -> ReverseRequest.Reason.CANCELLED;
      case FRAUD_BLOCKED -> ReverseRequest.Reason.FRAUD_BLOCKED;
      case UNKNOWN -> throw new IllegalArgumentException("no reason");
    };
  }
}
