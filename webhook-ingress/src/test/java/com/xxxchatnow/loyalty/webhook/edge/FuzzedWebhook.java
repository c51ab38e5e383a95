package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A webhook of one of the contract's types, with data that is right or wrong, field by field, and
 * with what it is to become: rrr-contract.md's table once more, by another hand.
 */
final class FuzzedWebhook {
  // Escaped, so that half a surrogate pair arrives as one.
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
  private static final List<String> LINKS = List.of("PENDING", "ACTIVE", "EXPIRED", "REVOKED");
  private static final List<String> PROMOTIONS =
      List.of("DRAFT", "PENDING_APPROVAL", "ACTIVE", "PAUSED", "ENDED");

  /**
   * @param key the field that is the event's key
   * @param fields each with what it must be
   */
  private record Type(Topic<?> topic, String key, String fields) {}

  private static final Map<String, Type> CONTRACT = contract();
  static final List<String> TYPES = List.copyOf(CONTRACT.keySet());

  private final String eventId;
  private final String typeName;
  private final Type type;
  private final ObjectNode data = JSON.createObjectNode();
  private boolean right = true;

  FuzzedWebhook(FuzzedDataProvider random) {
    eventId = "e-" + random.consumeInt();
    typeName = random.pickValue(TYPES);
    type = CONTRACT.get(typeName);
    for (var field : type.fields().split(" ", -1))
      put(random, field.split(":", 2)[0], field.split(":", 2)[1]);
    if (random.consumeBoolean()) data.put("more", random.consumeString(20));
  }

  byte[] body() {
    var root = JSON.createObjectNode().put("event_id", eventId).put("event_type", typeName);
    try {
      return JSON.writeValueAsString(root.set("data", data)).getBytes(US_ASCII);
    } catch (JsonProcessingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  boolean isKnown() {
    return right;
  }

  Topic<?> topic() {
    return type.topic();
  }

  String key() {
    return data.path(type.key()).textValue();
  }

  private void put(FuzzedDataProvider random, String field, String kind) {
    if (random.consumeInt(0, 15) > 0) rightly(random, field, kind);
    else wrongly(random, field, kind);
  }

  private void rightly(FuzzedDataProvider random, String field, String kind) {
    switch (kind) {
      case "id" -> data.put(field, "i" + random.consumeAsciiString(10));
      case "text" -> data.put(field, random.consumeAsciiString(10));
      case "number" -> data.put(field, random.consumeLong());
      case "amount" -> data.put(field, random.consumeLong(0, Long.MAX_VALUE));
      case "link" -> data.put(field, random.pickValue(LINKS));
      case "promotion" -> data.put(field, random.pickValue(PROMOTIONS));
      case "optional" -> {
        if (random.consumeBoolean()) data.put(field, random.consumeAsciiString(10));
      }
      default -> throw new AssertionError(kind);
    }
  }

  private void wrongly(FuzzedDataProvider random, String field, String kind) {
    right = false;
    switch (random.consumeInt(0, 5)) {
      case 0 -> data.putArray(field);
      case 1 -> data.put(field, random.consumeBoolean());
      case 2 -> data.put(field, 0.5 + random.consumeInt());
      case 3 ->
          data.put(field, BigInteger.TWO.pow(64).add(BigInteger.valueOf(random.consumeInt())));
      case 4 -> {
        if (!kind.equals("optional")) data.putNull(field);
        else data.putObject(field);
      }
      default -> {
        if (kind.equals("id"))
          data.put(field, random.pickValue(List.of("", " ", "\t\n", "\ud83d")));
        else if (kind.equals("amount")) data.put(field, random.consumeLong(Long.MIN_VALUE, -1));
        else data.putObject(field);
      }
    }
  }

  private static Map<String, Type> contract() {
    var transfer = "from_member_id:id to_member_id:id points:amount transfer_id:id reason:optional";
    return new TreeMap<>(
        Map.of(
            "POINTS_POSTED",
            new Type(
                Topics.POINTS_POSTED,
                "member_id",
                "member_id:id points_delta:number ledger_entry_id:id source_ref:text"),
            "POINTS_REVERSED",
            new Type(
                Topics.POINTS_REVERSED,
                "member_id",
                "member_id:id points_delta:number reason:text ledger_entry_id:id"),
            "REDEMPTION_COMMITTED",
            new Type(
                Topics.REDEMPTION_CONFIRMATIONS,
                "order_id",
                "member_id:id points_burned:amount discount_minor:amount order_id:id"),
            "REDEMPTION_REVERSED",
            new Type(
                Topics.REDEMPTION_CONFIRMATIONS,
                "order_id",
                "member_id:id points_restored:amount order_id:id reason:optional"),
            "LINK_UPDATED",
            new Type(
                Topics.LINK_UPDATES,
                "client_user_id",
                "member_id:id client_user_id:id status:link"),
            "PROMOTION_STATUS_CHANGED",
            new Type(
                Topics.PROMOTIONS,
                "promotion_id",
                "promotion_id:id status:promotion previous_status:promotion"),
            "TRANSFER_COMPLETED",
            new Type(Topics.TRANSFERS, "transfer_id", transfer),
            "TRANSFER_REVERSED",
            new Type(Topics.TRANSFERS, "transfer_id", transfer)));
  }
}
