package com.xxxchatnow.loyalty.webhook;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A broker and a registry with the ingress's topics and schemas, and a reader of the topics. */
public record LocalPipeline(LocalKafka kafka, LocalRegistry registry) {
  static final List<Topic<?>> TOPICS =
      List.of(
          Topics.WEBHOOKS,
          Topics.POINTS_POSTED,
          Topics.POINTS_REVERSED,
          Topics.REDEMPTION_CONFIRMATIONS,
          Topics.LINK_UPDATES,
          Topics.TRANSFERS,
          Topics.PROMOTIONS,
          Topics.REJECTIONS);

  /** The one that the tests of this JVM share; each uses ids of its own. */
  static LocalPipeline shared() {
    return Shared.PIPELINE;
  }

  LocalPipeline provisioned() {
    kafka.createTopics(TOPICS.stream().map(it -> newTopic(it.name(), it)).toList());
    for (var source : List.of(Topics.WEBHOOKS, Topics.LINK_UPDATES))
      kafka.createTopics(List.of(newTopic(source.name() + ".dlt", Topics.WEBHOOKS)));
    register(registry);
    return this;
  }

  /**
   * The serdes of production on a real registry that knows the catalogue's subjects and no more.
   */
  public static AvroSerdes serdes() {
    return SharedRegistry.SERDES;
  }

  static LocalRegistry register(LocalRegistry registry) {
    for (var topic : TOPICS) registry.register(topic.subject(), schema(topic));
    return registry;
  }

  Map<String, String> env() {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(), "SCHEMA_REGISTRY_URL", registry.url());
  }

  KafkaSettings settings() {
    return new KafkaSettings(kafka.bootstrapServers(), registry.url(), Map.of());
  }

  /** All committed records of a topic, from its beginning to its present end. */
  <V extends SpecificRecord> List<ConsumerRecord<String, V>> read(Topic<V> topic) {
    var deserializer = settings().serdes().<V>deserializer();
    return read(topic.name(), (_, bytes) -> read(topic, deserializer, bytes));
  }

  /** Null for what an {@link Outsider} wrote. */
  private static <V extends SpecificRecord> V read(
      Topic<V> topic, Deserializer<V> deserializer, byte[] bytes) {
    try {
      return deserializer.deserialize(topic.name(), bytes);
    } catch (RuntimeException unreadable) {
      return null;
    }
  }

  List<ConsumerRecord<String, byte[]>> deadLetters() {
    return read(Topics.WEBHOOKS.name() + ".dlt", new ByteArrayDeserializer());
  }

  private <V> List<ConsumerRecord<String, V>> read(String topic, Deserializer<V> values) {
    var config = settings().client("reader", Map.of("isolation.level", "read_committed"));
    var all = new ArrayList<ConsumerRecord<String, V>>();
    try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), values)) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(it -> new TopicPartition(topic, it.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(it -> consumer.position(it.getKey()) < it.getValue()))
        consumer.poll(Duration.ofMillis(200)).forEach(all::add);
    }
    return all;
  }

  private static NewTopic newTopic(String name, Topic<?> topic) {
    return new NewTopic(name, Optional.of(topic.partitions()), Optional.empty())
        .configs(topic.config());
  }

  /** As it stands in the .avsc: the generated classes add how they hold strings. */
  static String schema(Topic<?> topic) {
    return SpecificData.get()
        .getSchema(topic.value())
        .toString()
        .replace("{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"")
        .replace(",\"avro.java.string\":\"String\"", "");
  }

  private static final class Shared {
    static final LocalPipeline PIPELINE =
        new LocalPipeline(LocalKafka.shared(), LocalRegistry.shared()).provisioned();
  }

  private static final class SharedRegistry {
    static final AvroSerdes SERDES = new AvroSerdes(register(LocalRegistry.shared()).url());
  }
}
