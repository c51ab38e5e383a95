package com.xxxchatnow.loyalty.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.util.List;
import org.apache.avro.specific.SpecificData;

/**
 * A subject of the registry and the versions it shall have.
 *
 * @param versions complete Avro schemas as in {@code .avsc}, oldest first
 */
record Subject(String name, List<String> versions) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JAVA_STRING = "avro.java.string";

  /** The subjects of the catalogue. */
  static List<Subject> catalogue() {
    return Topics.RECORDS.stream()
        .map(topic -> {
          var schema = SpecificData.get().getSchema(topic.value());
          return new Subject(topic.subject(), List.of(withoutJava(schema.toString())));
        })
        .toList();
  }

  /** The schema of a generated class without what only Java needs. */
  static String withoutJava(String schema) {
    try {
      return JSON.writeValueAsString(stripped(JSON.readTree(schema)));
    } catch (JsonProcessingException neverOfASchema) {
      throw new IllegalArgumentException(neverOfASchema);
    }
  }

  private static JsonNode stripped(JsonNode node) {
    if (node.isArray()) {
      var list = JSON.createArrayNode();
      node.forEach(each -> list.add(stripped(each)));
      return list;
    }
    if (!node.isObject()) return node;
    var object = (ObjectNode) node;
    if (object.has(JAVA_STRING) && object.size() == 2) return TextNode.valueOf("string");
    var result = JSON.createObjectNode();
    object.properties().stream()
        .filter(each -> !each.getKey().equals(JAVA_STRING))
        .forEach(each -> result.set(each.getKey(), stripped(each.getValue())));
    return result;
  }
}
