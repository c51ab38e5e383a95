package com.xxxchatnow.loyalty.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What lies in topics now, for a {@code read_committed} reader. */
final class Records {
  /** It is made of the order's id, which is XCN's and opaque (design: Topics, dead letters). */
  private static final String KEY = "dlt.idempotency-key";

  private Records() {}

  static List<ConsumerRecord<byte[], byte[]>> of(
      Addresses addresses, List<? extends Topic<?>> topics) {
    var config =
        Map.<String, Object>of(
            "bootstrap.servers",
            addresses.bootstrapServers(),
            "isolation.level",
            "read_committed",
            "auto.offset.reset",
            "earliest");
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(config, bytes, bytes)) {
      var partitions =
          topics.stream()
              .flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      var ends = consumer.endOffsets(partitions).entrySet();
      var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      while (ends.stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()))
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      return records;
    }
  }

  /** A header's text, or nothing. */
  static String header(ConsumerRecord<?, ?> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  /** A line for each header that a service made; a dead letter has its source's besides. */
  static String headersOfServices(Addresses addresses) {
    return of(addresses, Topics.ALL).stream()
        .flatMap(record ->
            Stream.of(record.headers().toArray())
                .filter(header -> made(record, header))
                .map(header ->
                    "%s %s: %s"
                        .formatted(
                            record.topic(), header.key(), new String(header.value(), UTF_8))))
        .collect(Collectors.joining("\n"));
  }

  private static boolean made(ConsumerRecord<?, ?> record, Header header) {
    return record.topic().endsWith(Topic.DEAD_LETTER_SUFFIX)
        ? header.key().startsWith("dlt.") && !header.key().equals(KEY)
        : record.headers().lastHeader(Canaries.FED) == null;
  }
}
