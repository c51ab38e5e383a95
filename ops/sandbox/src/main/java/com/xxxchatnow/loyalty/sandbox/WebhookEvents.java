package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.ConfirmationKind;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PointsReversed;
import com.xxxchatnow.loyalty.events.PromotionChanged;
import com.xxxchatnow.loyalty.events.RedemptionConfirmed;
import com.xxxchatnow.loyalty.events.TransferChanged;
import com.xxxchatnow.loyalty.events.TransferStatus;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;

/** The events that RRR's webhooks become: in words, and recognized. */
final class WebhookEvents {
  private WebhookEvents() {}

  static String describe(SpecificRecord event) {
    return switch (event) {
      case PointsPosted posted ->
          "%+d points posted (%s)".formatted(posted.getPointsDelta(), posted.getSourceRef());
      case PointsReversed reversed ->
          "%+d points reversed (%s)".formatted(reversed.getPointsDelta(), reversed.getReason());
      case RedemptionConfirmed confirmed ->
          "%s: RRR says %s, %d points"
              .formatted(confirmed.getOrderId(), confirmed.getKind(), confirmed.getPoints());
      case LinkUpdated link -> "link of %s: %s".formatted(link.getUserId(), link.getStatus());
      case TransferChanged transfer ->
          "transfer %s: %s, %d points"
              .formatted(transfer.getTransferId(), transfer.getStatus(), transfer.getPoints());
      case PromotionChanged promotion ->
          "promotion %s: %s".formatted(promotion.getPromotionId(), promotion.getStatus());
      default -> throw new IllegalStateException("no words for " + event.getClass());
    };
  }

  static Predicate<SpecificRecord> postedTo(String userId) {
    return event -> event instanceof PointsPosted posted && userId.equals(posted.getUserId());
  }

  static Predicate<SpecificRecord> confirmed(ConfirmationKind kind) {
    return event -> event instanceof RedemptionConfirmed confirmed && confirmed.getKind() == kind;
  }

  static Predicate<SpecificRecord> transferred(TransferStatus status) {
    return event -> event instanceof TransferChanged changed && changed.getStatus() == status;
  }

  static Predicate<SpecificRecord> linked(String userId, LinkStatus status) {
    return event ->
        event instanceof LinkUpdated link
            && link.getUserId().equals(userId)
            && link.getStatus() == status;
  }
}
