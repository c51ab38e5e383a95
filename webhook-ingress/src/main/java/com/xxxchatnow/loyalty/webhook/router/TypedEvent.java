package com.xxxchatnow.loyalty.webhook.router;

import com.xxxchatnow.loyalty.events.ConfirmationKind;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PointsReversed;
import com.xxxchatnow.loyalty.events.PromotionChanged;
import com.xxxchatnow.loyalty.events.PromotionStatus;
import com.xxxchatnow.loyalty.events.RedemptionConfirmed;
import com.xxxchatnow.loyalty.events.TransferChanged;
import com.xxxchatnow.loyalty.events.TransferStatus;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * A webhook of a known type as the event it becomes: the contract's table, row by row
 * (docs/rrr-contract.md#event-types).
 *
 * @param business what the event is about in RRR's books, so that an event made from the ledger and
 *     the webhook of the same entry are known to be one; null where the ledger holds no such thing
 */
public record TypedEvent(Topic<?> topic, String key, SpecificRecord event, String business) {

  /** What a webhook is to the router. */
  public sealed interface Reading {}

  /** One of the contract's types, with the data it needs. */
  public record Known(TypedEvent event) implements Reading {}

  /** A type the contract does not name: it stays where it is. */
  public record Unknown(String type) implements Reading {}

  /**
   * @param detail what is wrong, without anything of the webhook itself
   */
  public record Invalid(String detail) implements Reading {}

  public static Reading read(WebhookReceived received, WebhookBody body) {
    if (!received.getEventId().equals(body.eventId()))
      return new Invalid("event_id is not the body's event_id");
    var data = new WebhookData(body.data());
    var typed = typed(received, body, data);
    if (typed.isEmpty()) return new Unknown(body.eventType());
    return data.problems().isEmpty()
        ? new Known(typed.get())
        : new Invalid(String.join("; ", data.problems()));
  }

  /** For a webhook that was found to be {@link Known} before. */
  public static TypedEvent known(WebhookReceived received) {
    if (WebhookBody.of(received) instanceof WebhookBody.Event(var body)
        && read(received, body) instanceof Known(var event)) return event;
    throw new IllegalStateException("not a webhook of a known type");
  }

  private static Optional<TypedEvent> typed(
      WebhookReceived received, WebhookBody body, WebhookData data) {
    return switch (body.eventType()) {
      case "POINTS_POSTED" -> Optional.of(posted(received, body, data));
      case "POINTS_REVERSED" -> Optional.of(reversed(received, body, data));
      case "REDEMPTION_COMMITTED" -> Optional.of(committed(received, body, data));
      case "REDEMPTION_REVERSED" -> Optional.of(restored(received, body, data));
      case "LINK_UPDATED" -> Optional.of(link(received, body, data));
      case "PROMOTION_STATUS_CHANGED" -> Optional.of(promotion(received, body, data));
      case "TRANSFER_COMPLETED" ->
          Optional.of(transfer(received, body, data, TransferStatus.COMPLETED));
      case "TRANSFER_REVERSED" ->
          Optional.of(transfer(received, body, data, TransferStatus.REVERSED));
      case null, default -> Optional.empty();
    };
  }

  private static TypedEvent posted(WebhookReceived received, WebhookBody body, WebhookData data) {
    var event =
        PointsPosted.newBuilder()
            .setEventId(body.eventId())
            .setMemberId(data.id("member_id"))
            .setPointsDelta(data.number("points_delta"))
            .setLedgerEntryId(data.id("ledger_entry_id"))
            .setSourceRef(data.text("source_ref"))
            .setReceivedAt(received.getReceivedAt())
            .setBackfilled(received.getBackfilled())
            .build();
    return new TypedEvent(
        Topics.POINTS_POSTED, event.getMemberId(), event, "posted:" + event.getLedgerEntryId());
  }

  private static TypedEvent reversed(WebhookReceived received, WebhookBody body, WebhookData data) {
    var event =
        PointsReversed.newBuilder()
            .setEventId(body.eventId())
            .setMemberId(data.id("member_id"))
            .setPointsDelta(data.number("points_delta"))
            .setReason(data.text("reason"))
            .setLedgerEntryId(data.id("ledger_entry_id"))
            .setReceivedAt(received.getReceivedAt())
            .setBackfilled(received.getBackfilled())
            .build();
    return new TypedEvent(
        Topics.POINTS_REVERSED, event.getMemberId(), event, "reversed:" + event.getLedgerEntryId());
  }

  private static TypedEvent committed(
      WebhookReceived received, WebhookBody body, WebhookData data) {
    return confirmation(
        received,
        body,
        data,
        RedemptionConfirmed.newBuilder()
            .setKind(ConfirmationKind.COMMITTED)
            .setPoints(data.amount("points_burned"))
            .setDiscountMinor(data.amount("discount_minor")));
  }

  private static TypedEvent restored(WebhookReceived received, WebhookBody body, WebhookData data) {
    return confirmation(
        received,
        body,
        data,
        RedemptionConfirmed.newBuilder()
            .setKind(ConfirmationKind.REVERSED)
            .setPoints(data.amount("points_restored"))
            .setReason(data.optionalText("reason")));
  }

  private static TypedEvent confirmation(
      WebhookReceived received,
      WebhookBody body,
      WebhookData data,
      RedemptionConfirmed.Builder begun) {
    var event =
        begun
            .setEventId(body.eventId())
            .setOrderId(data.id("order_id"))
            .setMemberId(data.id("member_id"))
            .setReceivedAt(received.getReceivedAt())
            .setBackfilled(received.getBackfilled())
            .build();
    return new TypedEvent(
        Topics.REDEMPTION_CONFIRMATIONS,
        event.getOrderId(),
        event,
        "redemption:" + event.getKind() + ":" + event.getOrderId());
  }

  private static TypedEvent link(WebhookReceived received, WebhookBody body, WebhookData data) {
    var event =
        LinkUpdated.newBuilder()
            .setEventId(body.eventId())
            .setUserId(data.id("client_user_id"))
            .setMemberId(data.id("member_id"))
            .setStatus(data.word("status", LinkStatus.class, LinkStatus.UNKNOWN))
            .setReceivedAt(received.getReceivedAt())
            .build();
    return new TypedEvent(Topics.LINK_UPDATES, event.getUserId(), event, null);
  }

  private static TypedEvent promotion(
      WebhookReceived received, WebhookBody body, WebhookData data) {
    var previous = data.word("previous_status", PromotionStatus.class, PromotionStatus.UNKNOWN);
    var event =
        PromotionChanged.newBuilder()
            .setEventId(body.eventId())
            .setPromotionId(data.id("promotion_id"))
            .setStatus(data.word("status", PromotionStatus.class, PromotionStatus.UNKNOWN))
            .setPreviousStatus(previous)
            .setReceivedAt(received.getReceivedAt())
            .build();
    return new TypedEvent(Topics.PROMOTIONS, event.getPromotionId(), event, null);
  }

  private static TypedEvent transfer(
      WebhookReceived received, WebhookBody body, WebhookData data, TransferStatus status) {
    var event =
        TransferChanged.newBuilder()
            .setEventId(body.eventId())
            .setTransferId(data.id("transfer_id"))
            .setFromMemberId(data.id("from_member_id"))
            .setToMemberId(data.id("to_member_id"))
            .setPoints(data.amount("points"))
            .setStatus(status)
            .setReason(data.optionalText("reason"))
            .setReceivedAt(received.getReceivedAt())
            .setBackfilled(received.getBackfilled())
            .build();
    return new TypedEvent(
        Topics.TRANSFERS,
        event.getTransferId(),
        event,
        "transfer:" + status + ":" + event.getTransferId());
  }
}
