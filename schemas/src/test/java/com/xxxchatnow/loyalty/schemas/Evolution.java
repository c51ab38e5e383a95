package com.xxxchatnow.loyalty.schemas;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.ParsedSchemaHolder;
import io.confluent.kafka.schemaregistry.SimpleParsedSchemaHolder;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.List;

/** Whether a schema may follow the released ones, by the checker that Confluent's registry uses. */
final class Evolution {
  private Evolution() {}

  /** What is wrong with it, in the checker's words; nothing when it may follow. */
  static List<String> faults(List<String> released, String schema) {
    var versions =
        released.stream()
            .<ParsedSchemaHolder>map(text -> new SimpleParsedSchemaHolder(new AvroSchema(text)))
            .toList();
    return new AvroSchema(schema)
        .isCompatible(CompatibilityLevel.FULL_TRANSITIVE, versions).stream()
            // The checker adds the whole old schema.
            .filter(fault -> !fault.startsWith("{oldSchema"))
            .toList();
  }
}
