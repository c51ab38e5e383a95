package com.xxxchatnow.loyalty.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/**
 * The versions of a topic's schema that were released: what a registry has to know, because records
 * of each of them may be on the topic. They are frozen in {@code schemas/released}; the build fails
 * when a record's class differs from its newest version.
 */
public final class ReleasedSchemas {
  private ReleasedSchemas() {}

  /**
   * The text of each version, oldest first, complete in itself: register them in this order under
   * {@link Topic#subject()}.
   */
  public static List<String> of(Topic<?> topic) {
    var versions = new ArrayList<String>();
    for (var next = read(topic, 1); next != null; next = read(topic, versions.size() + 1))
      versions.add(next);
    return List.copyOf(versions);
  }

  /**
   * Today's schema of the topic's class, as it would be released: without Java's own properties.
   */
  static String current(Topic<?> topic) {
    var plain =
        SpecificData.get()
            .getSchema(topic.value())
            .toString()
            .replace("{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"")
            .replace(",\"avro.java.string\":\"String\"", "");
    return new Schema.Parser().parse(plain).toString(true) + "\n";
  }

  private static String read(Topic<?> topic, int version) {
    var file = "/released/" + topic.subject() + "/" + version + ".avsc";
    try (var stream = ReleasedSchemas.class.getResourceAsStream(file)) {
      return stream == null ? null : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
