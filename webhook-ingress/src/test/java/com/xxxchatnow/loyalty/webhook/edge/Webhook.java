package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;

/** Webhooks as RRR makes them, for tests to send and to spoil. */
public record Webhook(String eventId, String eventType, ObjectNode data) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static Webhook of(String eventId, String eventType, Map<String, ?> data) {
    return new Webhook(eventId, eventType, JSON.valueToTree(data));
  }

  public static Webhook posted(String eventId, String member, long points, String entry) {
    return of(
        eventId,
        "POINTS_POSTED",
        Map.of(
            "member_id",
            member,
            "points_delta",
            points,
            "ledger_entry_id",
            entry,
            "source_ref",
            "o-1:1"));
  }

  public static Webhook posted(String eventId, String member) {
    return posted(eventId, member, 10, "entry-of-" + eventId);
  }

  public static Webhook link(String eventId, String member, String user, String status) {
    return of(
        eventId,
        "LINK_UPDATED",
        Map.of("member_id", member, "client_user_id", user, "status", status));
  }

  public Webhook with(String field, Object value) {
    var changed = data.deepCopy();
    changed.set(field, JSON.valueToTree(value));
    return new Webhook(eventId, eventType, changed);
  }

  public Webhook without(String field) {
    var changed = data.deepCopy();
    changed.remove(field);
    return new Webhook(eventId, eventType, changed);
  }

  public byte[] body() {
    var root = JSON.createObjectNode().put("event_id", eventId).put("event_type", eventType);
    return root.set("data", data).toString().getBytes(UTF_8);
  }

  public WebhookReceived received(Instant at) {
    return WebhookReceived.newBuilder()
        .setEventId(eventId)
        .setEventType(eventType)
        .setBody(ByteBuffer.wrap(body()))
        .setReceivedAt(at)
        .build();
  }
}
