package com.xxxchatnow.loyalty.simulator.webhooks;

import java.time.Instant;

/**
 * One event that RRR sent, or tries to send.
 *
 * @param body the bytes that are signed and sent, as text
 * @param attempts how often it was sent, wanted duplicates included
 * @param lastStatus of the latest attempt; 0 = none, or no answer
 * @param deliveredAt of the first 2xx, by the time outside; null before
 */
public record WebhookDelivery(
    long number,
    String eventId,
    String eventType,
    String body,
    State state,
    int attempts,
    int lastStatus,
    Instant deliveredAt) {

  /** Unsent: there was no address when it happened; such events are never sent. */
  public enum State {
    UNSENT,
    WAITING,
    DELIVERED,
    GAVE_UP
  }

  WebhookDelivery attempted(int status, Instant at) {
    var first = deliveredAt == null && status / 100 == 2;
    var now = first ? State.DELIVERED : state;
    return new WebhookDelivery(
        number, eventId, eventType, body, now, attempts + 1, status, first ? at : deliveredAt);
  }

  WebhookDelivery gaveUp() {
    return new WebhookDelivery(
        number, eventId, eventType, body, State.GAVE_UP, attempts, lastStatus, deliveredAt);
  }
}
