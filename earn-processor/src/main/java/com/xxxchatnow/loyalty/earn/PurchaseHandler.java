package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.earn.policy.Policy;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.kit.worker.Delivery;
import com.xxxchatnow.loyalty.kit.worker.Worker;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Priority;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The way of a purchase, read downwards: decode, validate, flags, policy, link, call, settle. What
 * is sent to RRR follows from the event, the policy and the link alone, never from the time or the
 * instance, so that a repetition sends the same bytes.
 */
final class PurchaseHandler implements Worker.Handler {
  /** RRR keeps keys for 30 days at least (contract: Ground rules); a day of margin. */
  private static final Duration KEY_MEMORY = Duration.ofDays(29);

  /** How RRR refuses a member who is not the user's. */
  private static final Set<Reason> REFUSED =
      EnumSet.of(Reason.REFUSED_NOT_FOUND, Reason.REFUSED_VALIDATION, Reason.REFUSED_CONFLICT);

  private final PurchaseCodec records;
  private final Policy policy;
  private final Flags flags;
  private final MemberResolver links;
  private final EarnClient rrr;
  private final OutcomeRecords settlement;
  private final Clock clock;

  PurchaseHandler(
      PurchaseCodec records,
      Policy policy,
      Flags flags,
      MemberResolver links,
      EarnClient rrr,
      OutcomeRecords settlement,
      Clock clock) {
    this.records = records;
    this.policy = policy;
    this.flags = flags;
    this.links = links;
    this.rrr = rrr;
    this.settlement = settlement;
    this.clock = clock;
  }

  @Override
  public List<ProducerRecord<byte[], byte[]>> handle(Delivery delivery)
      throws InterruptedException {
    var record = delivery.record();
    return switch (records.read(record.value())) {
      case PurchaseCodec.Read.Unreadable(var why) ->
          settlement.of(record, null, new PurchaseOutcome.Dead(Reason.UNREADABLE, why, 0));
      case PurchaseCodec.Read.Purchase(var purchase) ->
          settlement.of(record, purchase, validated(record, purchase));
    };
  }

  private PurchaseOutcome validated(ConsumerRecord<?, ?> record, PurchaseCompleted purchase)
      throws InterruptedException {
    var fault = PurchaseValidation.fault(purchase, clock.instant());
    if (fault.isPresent()) return new PurchaseOutcome.Dead(Reason.INVALID, fault.get(), 0);
    if (published(record).plus(KEY_MEMORY).isBefore(clock.instant()))
      return new PurchaseOutcome.Dead(Reason.EXPIRED_KEY, "published more than 29 days ago", 0);
    if (!flags.earnEnabled())
      return new PurchaseOutcome.Dead(Reason.DISABLED, "RRR_EARN_ENABLED is false", 0);
    if (!flags.inRollout(purchase.getUserId()))
      return new PurchaseOutcome.Skipped(Reason.OUT_OF_ROLLOUT, 0);
    return valued(record, purchase);
  }

  private PurchaseOutcome valued(ConsumerRecord<?, ?> record, PurchaseCompleted purchase)
      throws InterruptedException {
    var points =
        policy.points(
            purchase.getKind(),
            PurchaseValidation.currency(purchase.getCurrency()).orElseThrow(),
            purchase.getAmountMinor(),
            purchase.getUserTier(),
            purchase.getOccurredAt());
    return switch (points) {
      case Policy.Points.Undefined(var why) -> new PurchaseOutcome.Dead(Reason.INVALID, why, 0);
      case Policy.Points.Of(var number) when number == 0 ->
          new PurchaseOutcome.Skipped(Reason.ZERO_POINTS, 0);
      case Policy.Points.Of(var number) -> linked(record, purchase, number);
    };
  }

  private PurchaseOutcome linked(
      ConsumerRecord<?, ?> record, PurchaseCompleted purchase, long points)
      throws InterruptedException {
    if (purchase.getRrrMemberId() != null)
      return called(record, purchase, points, purchase.getRrrMemberId());
    return switch (links.of(purchase.getUserId(), call(record, null))) {
      case MemberResolver.Link.Member(var member) -> called(record, purchase, points, member);
      case MemberResolver.Link.Left(var member, var since) when published(record).isBefore(since) ->
          left(called(record, purchase, points, member));
      case MemberResolver.Link.Left _ -> new PurchaseOutcome.Skipped(Reason.NOT_LINKED, 0);
      case MemberResolver.Link.NotLinked(var attempts) ->
          new PurchaseOutcome.Skipped(Reason.NOT_LINKED, attempts);
      case MemberResolver.Link.Refused(var refused) -> dead(refused);
    };
  }

  private PurchaseOutcome called(
      ConsumerRecord<?, ?> record, PurchaseCompleted purchase, long points, String member)
      throws InterruptedException {
    var call = call(record, EarnKey.of(purchase));
    return switch (rrr.earn(request(purchase, points, member), call)) {
      case Outcome.Done<Earned>(var earned, var attempts, var _) ->
          new PurchaseOutcome.Booked(member, points, earned, attempts);
      case Outcome.Refused<Earned> refused -> dead(refused);
      case Outcome.Unanswered<Earned> later ->
          throw new IllegalStateException("a call without a deadline gave up: " + later.how());
    };
  }

  /** Goes on until RRR gives a definite answer. */
  private static CallOptions call(ConsumerRecord<?, ?> record, String key) {
    return new CallOptions(
        key,
        TraceHeaders.requestTrace(record),
        Priority.NORMAL,
        null,
        TraceHeaders.parent(record.headers()).orElse(null));
  }

  /**
   * Whoever bought before they left may have been earning when the process died: only RRR can tell,
   * by answering the same call. It refuses what it has not booked before.
   */
  private static PurchaseOutcome left(PurchaseOutcome end) {
    return end instanceof PurchaseOutcome.Dead(var reason, _, var attempts)
            && REFUSED.contains(reason)
        ? new PurchaseOutcome.Skipped(Reason.NOT_LINKED, attempts)
        : end;
  }

  private static Instant published(ConsumerRecord<?, ?> record) {
    return Instant.ofEpochMilli(DeadLetter.publishedAt(record));
  }

  private static PurchaseOutcome dead(Outcome.Refused<?> refused) {
    return new PurchaseOutcome.Dead(
        Reason.valueOf(refused.why().name()),
        refused.code() + ": " + refused.detail(),
        refused.attempts());
  }

  private static EarnRequest request(PurchaseCompleted purchase, long points, String member) {
    return new EarnRequest(
        purchase.getUserId(),
        member,
        purchase.getKind() == PurchaseKind.MEMBERSHIP_PURCHASE
            ? EarnRequest.Source.MEMBERSHIP_PURCHASE
            : EarnRequest.Source.TOKEN_PURCHASE,
        purchase.getOrderId(),
        purchase.getLineId(),
        purchase.getCurrency(),
        purchase.getAmountMinor(),
        points,
        EarnRequest.PostingMode.POSTED,
        null,
        metadata(purchase));
  }

  private static Map<String, String> metadata(PurchaseCompleted purchase) {
    var metadata = new HashMap<>(purchase.getMetadata());
    if (purchase.getTokensPurchased() != null)
      metadata.putIfAbsent("tokens_purchased", purchase.getTokensPurchased().toString());
    if (purchase.getMembershipTier() != null)
      metadata.putIfAbsent("membership_tier", purchase.getMembershipTier());
    return metadata;
  }
}
