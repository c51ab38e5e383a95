package com.xxxchatnow.loyalty.cli.deadletters;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.flipkart.zjsonpatch.InvalidJsonPatchException;
import com.flipkart.zjsonpatch.JsonPatch;
import com.flipkart.zjsonpatch.JsonPatchApplicationException;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Payload;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;

/**
 * The correction of a dead letter, or none: a JSON object is an RFC 7396 merge patch on its fields,
 * a JSON array an RFC 6902 patch.
 *
 * @param patch null: the bytes stay as they are
 */
record Edit(JsonNode patch, SchemaRegistryClient registry) {
  /** Keeps the value as it was before an operator's correction. */
  static final String ORIGINAL = "dlt.original-value";

  /**
   * @throws UserError when it is no patch
   */
  static Edit of(String text, SchemaRegistryClient registry) {
    if (text == null) return new Edit(null, registry);
    try {
      var patch = new ObjectMapper().readTree(text);
      if (patch.isArray()) JsonPatch.validate(patch);
      if (patch.isArray() || patch.isObject()) return new Edit(patch, registry);
    } catch (JsonProcessingException wrong) {
      throw UserError.usage("--edit is not JSON: " + wrong.getOriginalMessage());
    } catch (InvalidJsonPatchException wrong) {
      throw UserError.usage("--edit is not a JSON Patch (RFC 6902): " + wrong.getMessage());
    }
    throw UserError.usage(
        "--edit takes an object of fields, such as {\"currency\": \"USD\"}, or a JSON Patch");
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
   * @throws UserError when the value can't be read or the patch does not fit it
   */
  byte[] apply(FailedRecord failed) {
    var bytes = failed.record().value();
    if (none()) return bytes;
    var value =
        Payload.of(bytes, registry)
            .orElseThrow(() ->
                UserError.usage("--edit: the value at %s can't be read".formatted(failed.place())));
    try {
      var json = value.json();
      return value.as(patch.isArray() ? JsonPatch.apply(patch, json) : merged(json, patch));
    } catch (JsonPatchApplicationException unfit) {
      throw UserError.usage("--edit: at %s: %s".formatted(failed.place(), unfit.getMessage()));
    }
  }

  /** RFC 7396, section 2. */
  private static JsonNode merged(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) return patch;
    var merged =
        target instanceof ObjectNode object
            ? object.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    patch
        .properties()
        .forEach(each -> {
          if (each.getValue().isNull()) merged.remove(each.getKey());
          else merged.set(each.getKey(), merged(merged.path(each.getKey()), each.getValue()));
        });
    return merged;
  }
}
