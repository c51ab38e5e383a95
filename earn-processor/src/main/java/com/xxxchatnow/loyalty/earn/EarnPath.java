package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.DeadLetter;
import com.xxxchatnow.loyalty.kit.Flags;
import com.xxxchatnow.loyalty.kit.Traces;
import com.xxxchatnow.loyalty.kit.Worker;
import com.xxxchatnow.loyalty.rrr.Call;
import com.xxxchatnow.loyalty.rrr.EarnRequest;
import com.xxxchatnow.loyalty.rrr.Earned;
import com.xxxchatnow.loyalty.rrr.Outcome;
import com.xxxchatnow.loyalty.rrr.Priority;
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
final class EarnPath implements Worker.Handler {
  /** RRR keeps keys for 30 days at least (contract: Ground rules); a day of margin. */
  private static final Duration KEY_MEMORY = Duration.ofDays(29);

  /** How RRR refuses a member who is not the user's. */
  private static final Set<Reason> REFUSED =
      EnumSet.of(Reason.REFUSED_NOT_FOUND, Reason.REFUSED_VALIDATION, Reason.REFUSED_CONFLICT);

  private final Records records;
  private final Policy policy;
  private final Flags flags;
  private final Links links;
  private final Earner rrr;
  private final Settlement settlement;
  private final Clock clock;

  EarnPath(
      Records records,
      Policy policy,
      Flags flags,
      Links links,
      Earner rrr,
      Settlement settlement,
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
  public List<ProducerRecord<byte[], byte[]>> handle(ConsumerRecord<byte[], byte[]> record)
      throws InterruptedException {
    return switch (records.read(record.value())) {
      case Records.Read.Unreadable(var why) ->
          settlement.of(record, null, new End.Dead(Reason.UNREADABLE, why, 0));
      case Records.Read.Purchase(var purchase) ->
          settlement.of(record, purchase, validated(record, purchase));
    };
  }

  private End validated(ConsumerRecord<?, ?> record, PurchaseCompleted purchase)
      throws InterruptedException {
    var fault = Validity.fault(purchase, clock.instant());
    if (fault.isPresent()) return new End.Dead(Reason.INVALID, fault.get(), 0);
    if (published(record).plus(KEY_MEMORY).isBefore(clock.instant()))
      return new End.Dead(Reason.EXPIRED_KEY, "published more than 29 days ago", 0);
    if (!flags.earnEnabled()) return new End.Dead(Reason.DISABLED, "RRR_EARN_ENABLED is false", 0);
    if (!flags.inRollout(purchase.getUserId())) return new End.Skipped(Reason.OUT_OF_ROLLOUT, 0);
    return valued(record, purchase);
  }

  private End valued(ConsumerRecord<?, ?> record, PurchaseCompleted purchase)
      throws InterruptedException {
    var points =
        policy.points(
            purchase.getKind(),
            Validity.currency(purchase.getCurrency()).orElseThrow(),
            purchase.getAmountMinor(),
            purchase.getUserTier(),
            purchase.getOccurredAt());
    return switch (points) {
      case Policy.Points.Undefined(var why) -> new End.Dead(Reason.INVALID, why, 0);
      case Policy.Points.Of(var number) when number == 0 -> new End.Skipped(Reason.ZERO_POINTS, 0);
      case Policy.Points.Of(var number) -> linked(record, purchase, number);
    };
  }

  private End linked(ConsumerRecord<?, ?> record, PurchaseCompleted purchase, long points)
      throws InterruptedException {
    if (purchase.getRrrMemberId() != null)
      return called(record, purchase, points, purchase.getRrrMemberId());
    return switch (links.of(purchase.getUserId(), call(record, null))) {
      case Links.Link.Member(var member) -> called(record, purchase, points, member);
      case Links.Link.Left(var member, var since) when published(record).isBefore(since) ->
          left(called(record, purchase, points, member));
      case Links.Link.Left _ -> new End.Skipped(Reason.NOT_LINKED, 0);
      case Links.Link.NotLinked(var attempts) -> new End.Skipped(Reason.NOT_LINKED, attempts);
      case Links.Link.Refused(var refused) -> dead(refused);
    };
  }

  private End called(
      ConsumerRecord<?, ?> record, PurchaseCompleted purchase, long points, String member)
      throws InterruptedException {
    var call = call(record, EarnKey.of(purchase));
    return switch (rrr.earn(request(purchase, points, member), call)) {
      case Outcome.Done<Earned>(var earned, var attempts, var _) ->
          new End.Booked(member, points, earned, attempts);
      case Outcome.Refused<Earned> refused -> dead(refused);
      case Outcome.Later<Earned> later ->
          throw new IllegalStateException("a call without a deadline gave up: " + later.how());
    };
  }

  /** Goes on until RRR gives a definite answer. */
  private static Call call(ConsumerRecord<?, ?> record, String key) {
    return new Call(
        key,
        Traces.requestTrace(record),
        Priority.NORMAL,
        null,
        Traces.parent(record.headers()).orElse(null));
  }

  /**
   * Whoever bought before they left may have been earning when the process died: only RRR can tell,
   * by answering the same call. It refuses what it has not booked before.
   */
  private static End left(End end) {
    return end instanceof End.Dead(var reason, _, var attempts) && REFUSED.contains(reason)
        ? new End.Skipped(Reason.NOT_LINKED, attempts)
        : end;
  }

  private static Instant published(ConsumerRecord<?, ?> record) {
    return Instant.ofEpochMilli(DeadLetter.publishedAt(record));
  }

  private static End dead(Outcome.Refused<?> refused) {
    return new End.Dead(
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
