package com.xxxchatnow.loyalty.cli.topics;

import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.util.List;

/**
 * A subject of the registry and the versions it shall have.
 *
 * @param versions complete Avro schemas as in {@code .avsc}, oldest first
 */
record Subject(String name, List<String> versions) {

  /** The subjects of the catalogue, as they were released. */
  static List<Subject> catalogue() {
    return Topics.RECORDS.stream()
        .map(topic -> new Subject(topic.subject(), ReleasedSchemas.of(topic)))
        .toList();
  }
}
