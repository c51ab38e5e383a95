package com.xxxchatnow.loyalty.redemption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to the saga's topics what Kafka takes from anybody who may write there. */
final class Outsider implements AutoCloseable {
  private static final int LARGE = 3 << 20;

  private final KafkaSettings settings;
  private final KafkaProducer<byte[], byte[]> producer;

  Outsider(KafkaSettings settings) {
    this.settings = settings;
    producer =
        new KafkaProducer<>(
            settings.client(
                "outsider",
                Map.of("max.request.size", 8 << 20, "compression.type", "gzip", "linger.ms", 0)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /**
   * Values that are no record of the saga's, each with what a dead letter says of it.
   *
   * @param foreign a record of another topic
   */
  static Map<String, byte[]> values(LocalRegistry registry, byte[] foreign) {
    var values = new LinkedHashMap<String, byte[]>();
    values.put("no key or no value", null);
    values.put("a record of another topic", foreign);
    var text = registry.register("outsider-AVRO", "AVRO", "\"string\"");
    values.put("schema id %d is another record's".formatted(text), value(text, "\u0006abc"));
    var object = "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}";
    var json = registry.register("outsider-JSON", "JSON", object);
    values.put("schema id %d is no Avro schema".formatted(json), value(json, "{}"));
    var message = "syntax = \"proto3\"; message M { string text = 1; }";
    var protobuf = registry.register("outsider-PROTOBUF", "PROTOBUF", message);
    values.put(
        "schema id %d is no Avro schema".formatted(protobuf), value(protobuf, "\0\n\003abc"));
    values.put("the value has %d bytes".formatted(LARGE), new byte[LARGE]);
    values.put("no magic byte (0x7b): JSON?", "{}".getBytes(UTF_8));
    return values;
  }

  /** To the partition of its key, as Kafka's Java client chooses it. */
  void writes(Topic<?> topic, String key, byte[] value) {
    writes(topic, null, key, value);
  }

  void writes(Topic<?> topic, Integer partition, String key, byte[] value) {
    producer.send(
        new ProducerRecord<>(
            topic.name(), partition, key == null ? null : key.getBytes(UTF_8), value));
    producer.flush();
  }

  /** As some clients do: with the timestamp -1, which Kafka calls "no timestamp". */
  void writesWithoutTime(Topic<?> topic, String key, SpecificRecord value) {
    var bytes = settings.serdes().serializer().serialize(topic.name(), value);
    producer.send(
        new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), bytes) {
          @Override
          public Long timestamp() {
            return -1L;
          }
        });
    producer.flush();
  }

  /** Everything of a topic that is committed now. */
  List<ConsumerRecord<byte[], byte[]>> reads(Topic<?> topic) {
    var config = Map.<String, Object>of("isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(
            settings.client("outsider-reads", config),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(each -> new TopicPartition(topic.name(), each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      return records;
    }
  }

  /** In Confluent's wire format under this schema. */
  private static byte[] value(int schemaId, String payload) {
    var bytes = payload.getBytes(ISO_8859_1);
    return ByteBuffer.allocate(5 + bytes.length).put((byte) 0).putInt(schemaId).put(bytes).array();
  }

  @Override
  public void close() {
    producer.close();
  }
}
