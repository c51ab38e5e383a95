package com.xxxchatnow.loyalty.webhook.body;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * The body of a webhook, read: the one place where RRR's JSON is parsed, for the edge and the
 * router alike, so that both see the same event in the same bytes.
 *
 * @param eventType null when the body has none that is a string
 * @param data a missing node when the body has none
 */
public record WebhookBody(String eventId, String eventType, JsonNode data) {
  public static final int MAX_BYTES = 256 * 1024;
  private static final int MAX_EVENT_ID = 128;
  private static final int MAX_NESTING = 200;
  private static final int MAX_DIGITS = 100;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxNumberLength(MAX_DIGITS)
                          .maxStringLength(MAX_BYTES)
                          .maxNameLength(MAX_BYTES)
                          .build())
                  // A key twice has no defined meaning (RFC 7493): two readers could see two
                  // events.
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // Names come from outside; a shared table of them is neither needed nor bounded.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** What the bytes are. */
  public sealed interface Reading {}

  public record Event(WebhookBody body) implements Reading {}

  /** Not one JSON value in UTF-8, or one beyond the limits of nesting and number length. */
  public record NotJson() implements Reading {}

  /** JSON, but no object with an {@code event_id} of 1 to 128 characters. */
  public record NoEventId() implements Reading {}

  public static Reading read(byte[] bytes) {
    try {
      var root = JSON.readTree(text(bytes));
      if (root.isMissingNode()) return new NotJson();
      var eventId = root.path("event_id");
      if (!eventId.isTextual() || !isValid(eventId.textValue())) return new NoEventId();
      var type = root.path("event_type");
      var data = root.path("data");
      return new Event(new WebhookBody(eventId.textValue(), type.textValue(), data));
    } catch (CharacterCodingException | JsonProcessingException notJson) {
      return new NotJson();
    }
  }

  /** Reads the body of a webhook that was kept. */
  public static Reading of(WebhookReceived received) {
    var bytes = new byte[received.getBody().remaining()];
    received.getBody().duplicate().get(bytes);
    return read(bytes);
  }

  /** RFC 8259: JSON is UTF-8, and a reader may ignore a byte order mark. */
  private static String text(byte[] bytes) throws CharacterCodingException {
    var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** A lone surrogate has no UTF-8: two such ids would become the same key. */
  private static boolean isValid(String eventId) {
    return !eventId.isEmpty()
        && eventId.codePointCount(0, eventId.length()) <= MAX_EVENT_ID
        && UTF_8.newEncoder().canEncode(eventId);
  }

  /** What the event is about: events with the same subject keep the order they were received in. */
  public String subject() {
    var name =
        switch (eventType) {
          case "POINTS_POSTED",
              "POINTS_REVERSED",
              "REDEMPTION_COMMITTED",
              "REDEMPTION_REVERSED",
              "LINK_UPDATED" ->
              "member_id";
          case "TRANSFER_COMPLETED", "TRANSFER_REVERSED" -> "transfer_id";
          case "PROMOTION_STATUS_CHANGED" -> "promotion_id";
          case null, default -> "";
        };
    return data.path(name).isTextual() ? data.path(name).textValue() : eventId;
  }

  /** For a body without {@code data}. */
  public WebhookBody {
    if (data == null) data = MissingNode.getInstance();
  }
}
