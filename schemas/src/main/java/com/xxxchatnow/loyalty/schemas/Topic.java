package com.xxxchatnow.loyalty.schemas;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * One topic of the catalogue.
 *
 * @param key what the key is; keys are UTF-8 strings
 * @param value the class of the value, registered as subject {@code <name>-value}; null for a dead
 *     letter topic, which keeps its source's bytes
 * @param partitions 12 unless said otherwise, so that topics sharing a key are co-partitioned
 * @param retention how long records are kept; null when compacted
 * @param writer the one who writes it
 * @param readers those who read it
 */
public record Topic<V extends SpecificRecord>(
    String name,
    String key,
    Class<V> value,
    int partitions,
    Duration retention,
    String writer,
    List<String> readers) {

  public static final String DEAD_LETTER_SUFFIX = ".dlt";
  private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(90);

  public boolean compacted() {
    return retention == null;
  }

  /** The subject of the value's schema at the registry. */
  public String subject() {
    return name + "-value";
  }

  /** Where a consumer of this topic puts what it can't process. */
  public Topic<SpecificRecord> deadLetters(String consumer) {
    return new Topic<>(
        name + DEAD_LETTER_SUFFIX,
        "as the source",
        null,
        partitions,
        DEAD_LETTERS_KEPT,
        consumer,
        List.of("operators (ops/loyalty dlt)"));
  }

  /** The topic's settings as Kafka names them. */
  public Map<String, String> config() {
    return compacted()
        ? Map.of("cleanup.policy", "compact")
        : Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(retention.toMillis()));
  }
}
