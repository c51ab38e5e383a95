package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.earn.policy.Policy;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.links.MemberResolver;
import com.xxxchatnow.loyalty.kit.links.MemberResolver.Resolution;
import com.xxxchatnow.loyalty.kit.records.FieldFaults;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.kit.worker.Delivery;
import com.xxxchatnow.loyalty.kit.worker.Worker;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Priority;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The path of a purchase, top to bottom: decode, validate, flags, policy, link, call, result. What
 * is sent to RRR follows from the event, the policy and the link alone, never from the time or the
 * instance, so that a repetition sends the same bytes.
 *
 * <p>A purchase that a former owner may have had in hand may be booked already: before anything
 * else than the call is decided about it, RRR's ledger is asked, or the call is finished.
 */
final class PurchaseHandler implements Worker.Handler {
  /** How RRR refuses a member who is not the user's: it has booked nothing. */
  private static final Set<Reason> NOT_THE_USERS =
      EnumSet.of(Reason.REFUSED_NOT_FOUND, Reason.REFUSED_VALIDATION, Reason.REFUSED_CONFLICT);

  /** Where finishing a call can't book twice: RRR still knows the key, and nobody else earns. */
  private static final Set<Reason> FINISHED_WITHOUT_PROOF =
      EnumSet.of(Reason.DISABLED, Reason.OUT_OF_ROLLOUT, Reason.NOT_LINKED);

  private static final String MAYBE_BOOKED =
      "a process that ended may have had it booked, and for which member nobody knows any more:"
          + " compare with RRR (ops/loyalty earn why), then discard or replay";

  private final PurchaseCodec codec;
  private final PurchaseRules rules;
  private final MemberResolver links;
  private final LinkStatusCall linkStatus;
  private final EarnClient rrr;
  private final LedgerLookup ledger;
  private final OutcomeRecords results;
  private final KeyFormat format;
  private final Clock clock;

  /** RRR's link status of a user. */
  interface LinkStatusCall {
    Outcome<LinkStatus> of(String userId, CallOptions call) throws InterruptedException;
  }

  /** A purchase that is worth points, and its record. */
  private record Earn(Delivery delivery, PurchaseCompleted purchase, PurchaseKey key, long points) {
    boolean maybeAttempted() {
      return delivery.maybeAttempted();
    }

    /** A question, until RRR gives a definite answer. */
    CallOptions question() {
      return call(null, null);
    }

    /** The earn, until RRR gives a definite answer. */
    CallOptions call() {
      return call(key.text(), key.format());
    }

    private CallOptions call(String text, KeyFormat format) {
      var record = delivery.record();
      return new CallOptions(
          text,
          TraceHeaders.requestTrace(record),
          Priority.NORMAL,
          null,
          TraceHeaders.parent(record.headers()).orElse(null),
          format);
    }
  }

  PurchaseHandler(
      PurchaseCodec codec,
      PurchaseRules rules,
      MemberResolver links,
      LinkStatusCall linkStatus,
      EarnClient rrr,
      LedgerLookup ledger,
      OutcomeRecords results,
      KeyFormat format,
      Clock clock) {
    this.codec = codec;
    this.rules = rules;
    this.links = links;
    this.linkStatus = linkStatus;
    this.rrr = rrr;
    this.ledger = ledger;
    this.results = results;
    this.format = format;
    this.clock = clock;
  }

  @Override
  public List<ProducerRecord<byte[], byte[]>> handle(Delivery delivery)
      throws InterruptedException {
    var record = delivery.record();
    return switch (codec.read(record.value())) {
      case PurchaseCodec.Read.Unreadable(var why) ->
          results.of(record, null, new PurchaseOutcome.Dead(Reason.UNREADABLE, why, 0));
      case PurchaseCodec.Read.Purchase(var purchase) ->
          results.of(record, purchase, decided(delivery, purchase));
    };
  }

  private PurchaseOutcome decided(Delivery delivery, PurchaseCompleted purchase)
      throws InterruptedException {
    var fault = PurchaseValidation.fault(purchase, clock.instant());
    if (fault.isPresent()) return new PurchaseOutcome.Dead(Reason.INVALID, fault.get(), 0);
    var refusal = rules.refusal(delivery.record(), purchase);
    return switch (rules.points(purchase)) {
      case Policy.Points.Undefined(var why) ->
          refusal.orElse(new PurchaseOutcome.Dead(Reason.INVALID, why, 0));
      case Policy.Points.Of(var points) when points == 0 ->
          refusal.orElse(new PurchaseOutcome.Skipped(Reason.ZERO_POINTS, 0));
      case Policy.Points.Of(var points) -> {
        var key = PurchaseKey.of(delivery.record(), purchase, format);
        var earn = new Earn(delivery, purchase, key, points);
        yield refusal.isEmpty() ? linked(earn) : notCalled(earn, refusal.get());
      }
    };
  }

  private PurchaseOutcome linked(Earn earn) throws InterruptedException {
    return switch (link(earn)) {
      case Resolution.Member<Outcome<LinkStatus>>(var member, _) -> called(earn, member);
      case Resolution.NotLinked<Outcome<LinkStatus>>(var former, var asked) -> {
        var skipped =
            new PurchaseOutcome.Skipped(Reason.NOT_LINKED, asked.map(Outcome::attempts).orElse(0));
        yield earn.maybeAttempted() ? unlessBooked(earn, former, skipped) : skipped;
      }
      case Resolution.NotAsked<Outcome<LinkStatus>>(var former) -> {
        var disabled =
            new PurchaseOutcome.Dead(
                Reason.DISABLED,
                "RRR_LINK_ENABLED is false, and no link event names the user's member",
                0);
        yield earn.maybeAttempted() ? unlessBooked(earn, former, disabled) : disabled;
      }
      case Resolution.Unanswered<Outcome<LinkStatus>>(var outcome) -> dead(outcome);
    };
  }

  private Resolution<Outcome<LinkStatus>> link(Earn earn) throws InterruptedException {
    var user = earn.purchase().getUserId();
    var named = FieldFaults.optional(earn.purchase().getRrrMemberId()).orElse(null);
    return links.resolve(user, named, () -> answer(linkStatus.of(user, earn.question())));
  }

  private static MemberResolver.Answer<Outcome<LinkStatus>> answer(Outcome<LinkStatus> outcome) {
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

  private PurchaseOutcome called(Earn earn, String member) throws InterruptedException {
    var outcome = rrr.earn(EarnRequests.of(earn.purchase(), earn.points(), member), earn.call());
    if (!(outcome instanceof Outcome.Done<Earned>(var earned, var attempts, _)))
      return dead(outcome);
    ledger.booked(
        member, earned.ledgerEntryId(), earn.key().text(), earn.purchase().getOccurredAt());
    return new PurchaseOutcome.Booked(member, earn.points(), earned, attempts);
  }

  /**
   * A rule refuses the purchase.
   *
   * @return the refusal, unless a former owner's call was booked
   */
  private PurchaseOutcome notCalled(Earn earn, PurchaseOutcome refusal)
      throws InterruptedException {
    if (!earn.maybeAttempted()) return refusal;
    var member =
        switch (link(earn)) {
          case Resolution.Member<Outcome<LinkStatus>>(var id, _) -> Optional.of(id);
          case Resolution.NotLinked<Outcome<LinkStatus>>(var former, _) -> former;
          case Resolution.NotAsked<Outcome<LinkStatus>>(var former) -> former;
          case Resolution.Unanswered<Outcome<LinkStatus>> _ -> Optional.<String>empty();
        };
    return unlessBooked(earn, member, refusal);
  }

  /**
   * Finds out whether a former owner's call was booked: by the ledger or, where the absence of an
   * entry proves nothing, by the same call again.
   *
   * @param member who it was made for; empty: nobody can tell, so that neither can be done
   * @param otherwise how the purchase ends when nothing was booked
   */
  private PurchaseOutcome unlessBooked(
      Earn earn, Optional<String> member, PurchaseOutcome otherwise) throws InterruptedException {
    if (member.isEmpty()) return undecided(otherwise);
    var from = earn.purchase().getOccurredAt();
    switch (ledger.find(member.get(), earn.key().text(), from, earn.question())) {
      case LedgerLookup.Finding.Booked(var entry, var attempts) -> {
        var earned = new Earned(entry.entryId(), entry.postedAt(), null);
        return new PurchaseOutcome.Booked(
            member.get(), entry.pointsDelta(), earned, otherwise.attempts() + attempts);
      }
      case LedgerLookup.Finding.Absent _ -> {
        return otherwise;
      }
      case LedgerLookup.Finding.Unproven _ -> {
        if (!FINISHED_WITHOUT_PROOF.contains(otherwise.reason())) return otherwise;
      }
    }
    var end = called(earn, member.get());
    return end.reason() != null && NOT_THE_USERS.contains(end.reason()) ? otherwise : end;
  }

  /** A skip would be final; a dead letter is seen, and its replay sends the same key. */
  private static PurchaseOutcome undecided(PurchaseOutcome otherwise) {
    return otherwise instanceof PurchaseOutcome.Dead
        ? otherwise
        : new PurchaseOutcome.Dead(otherwise.reason(), MAYBE_BOOKED, otherwise.attempts());
  }

  private static PurchaseOutcome dead(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Refused<?>(var why, var code, var detail, var attempts, _) ->
          new PurchaseOutcome.Dead(Reason.valueOf(why.name()), code + ": " + detail, attempts);
      case Outcome.Unanswered<?> later ->
          throw new IllegalStateException("a call without a deadline gave up: " + later.how());
      case Outcome.Done<?> _ -> throw new IllegalArgumentException("it is done");
    };
  }
}
