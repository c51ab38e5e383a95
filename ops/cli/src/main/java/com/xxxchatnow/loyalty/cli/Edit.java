package com.xxxchatnow.loyalty.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;

/**
 * The correction of a dead letter: an RFC 7396 merge patch on its fields, or none.
 *
 * @param patch null: the bytes stay as they are
 */
record Edit(JsonNode patch, SchemaRegistryClient registry) {
  /** Keeps the value as it was before an operator's correction. */
  static final String ORIGINAL = "dlt.original-value";

  /**
   * @throws UserError when it is no JSON object
   */
  static Edit of(String text, SchemaRegistryClient registry) {
    if (text == null) return new Edit(null, registry);
    try {
      var patch = new ObjectMapper().readTree(text);
      if (patch.isObject()) return new Edit(patch, registry);
    } catch (JsonProcessingException wrong) {
      throw UserError.usage("--edit is not JSON: " + wrong.getOriginalMessage());
    }
    throw UserError.usage("--edit takes a JSON object of fields, such as {\"currency\": \"USD\"}");
  }

  boolean none() {
    return patch == null;
  }

  /** The same patch in the same words, for the selection. */
  String text() {
    return none() ? null : patch.toString();
  }

  /**
   * The value to send.
   *
   * @throws UserError when the value can't be read or the patch does not fit its schema
   */
  byte[] apply(FailedRecord failed) {
    var bytes = failed.record().value();
    if (none()) return bytes;
    return Payload.of(bytes, registry)
        .orElseThrow(() ->
            UserError.usage("--edit: the value at %s can't be read".formatted(failed.place())))
        .patched(patch);
  }
}
