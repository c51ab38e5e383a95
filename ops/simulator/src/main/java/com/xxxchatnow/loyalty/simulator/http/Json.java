package com.xxxchatnow.loyalty.simulator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.TreeMap;

/** JSON as the simulator reads and writes it: strict in, compact out. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  public static JsonNode of(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** The body as one JSON value; anything else is a refusal. */
  public static JsonNode read(byte[] body) {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException notJson) {
      throw Refusal.invalid("body", "not one JSON value");
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  public static byte[] write(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The same value with the fields of every object sorted: equal payloads have equal bytes. */
  public static byte[] canonical(JsonNode node) {
    return write(sorted(node));
  }

  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      var fields = new TreeMap<String, JsonNode>();
      object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      return object().setAll(fields);
    }
    if (node instanceof ArrayNode array) {
      var copy = array();
      array.forEach(item -> copy.add(sorted(item)));
      return copy;
    }
    return node;
  }
}
