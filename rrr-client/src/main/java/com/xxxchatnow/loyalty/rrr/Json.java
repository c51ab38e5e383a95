package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * Reads what docs/rrr-contract.md promises and nothing else; a field of another kind is {@link
 * Broken}.
 */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /** An answer that is not the promised JSON. */
  static final class Broken extends Exception {
    Broken(String what) {
      super(what, null, false, false);
    }
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(ObjectNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  static JsonNode parse(byte[] body) throws Broken {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new Broken("not JSON");
    }
  }

  static String text(JsonNode node, String field) throws Broken {
    var value = optionalText(node, field);
    if (value == null) throw new Broken("no " + field);
    return value;
  }

  static String optionalText(JsonNode node, String field) throws Broken {
    if (!node.hasNonNull(field)) return null;
    if (!node.get(field).isTextual()) throw new Broken(field + " is not text");
    return node.get(field).textValue();
  }

  static long number(JsonNode node, String field) throws Broken {
    var value = optionalNumber(node, field);
    if (value == null) throw new Broken("no " + field);
    return value;
  }

  static Long optionalNumber(JsonNode node, String field) throws Broken {
    if (!node.hasNonNull(field)) return null;
    var value = node.get(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong())
      throw new Broken(field + " is not a whole number");
    return value.longValue();
  }

  static boolean flag(JsonNode node, String field) throws Broken {
    if (!node.path(field).isBoolean()) throw new Broken("no " + field);
    return node.get(field).booleanValue();
  }

  static Instant time(JsonNode node, String field) throws Broken {
    var value = optionalTime(node, field);
    if (value == null) throw new Broken("no " + field);
    return value;
  }

  static Instant optionalTime(JsonNode node, String field) throws Broken {
    var value = optionalText(node, field);
    if (value == null) return null;
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw new Broken(field + " is not a time with an offset");
    }
  }

  static <E extends Enum<E>> E oneOf(Class<E> type, String name, E fallback) {
    for (var constant : type.getEnumConstants()) if (constant.name().equals(name)) return constant;
    return fallback;
  }
}
