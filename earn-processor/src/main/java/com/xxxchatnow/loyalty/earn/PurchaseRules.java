package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.earn.policy.Policy;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What is decided about a valid purchase without asking RRR.
 *
 * @param earnFrom purchases that occurred before were earned by the former writer; null: none were
 */
record PurchaseRules(Policy policy, Flags flags, Instant earnFrom, Clock clock) {

  /** Why a purchase is not to earn, if anything but its points is why. */
  Optional<PurchaseOutcome> refusal(ConsumerRecord<?, ?> record, PurchaseCompleted purchase) {
    if (earnFrom != null && purchase.getOccurredAt().isBefore(earnFrom))
      return Optional.of(new PurchaseOutcome.Skipped(Reason.BEFORE_CUTOVER, 0));
    if (IdempotencyKeys.mayBeForgotten(firstSeen(record, purchase), clock.instant()))
      return Optional.of(new PurchaseOutcome.Dead(Reason.EXPIRED_KEY, expired(record), 0));
    if (!flags.earnEnabled())
      return Optional.of(new PurchaseOutcome.Dead(Reason.DISABLED, "RRR_EARN_ENABLED is false", 0));
    if (!flags.inRollout(purchase.getUserId()))
      return Optional.of(new PurchaseOutcome.Skipped(Reason.OUT_OF_ROLLOUT, 0));
    return Optional.empty();
  }

  Policy.Points points(PurchaseCompleted purchase) {
    return policy.points(
        purchase.getKind(),
        PurchaseValidation.currency(purchase.getCurrency()).orElseThrow(),
        purchase.getAmountMinor(),
        purchase.getUserTier(),
        purchase.getOccurredAt());
  }

  /** From when on its key may have been used; a record without a timestamp can't be older. */
  private static Instant firstSeen(ConsumerRecord<?, ?> record, PurchaseCompleted purchase) {
    var published = DeadLetter.publishedAt(record);
    return published < 0 ? purchase.getOccurredAt() : Instant.ofEpochMilli(published);
  }

  private static String expired(ConsumerRecord<?, ?> record) {
    return DeadLetter.publishedAt(record) < 0
        ? "occurred more than 29 days ago, and the record has no timestamp of its own"
        : "published more than 29 days ago";
  }
}
