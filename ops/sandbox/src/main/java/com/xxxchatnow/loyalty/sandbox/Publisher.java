package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes what the payment system and the checkout would. */
final class Publisher implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;
  private final Serializer<SpecificRecord> serializer;
  private volatile String traceparent;

  Publisher(Addresses addresses) {
    // One for all: it asks the registry once for each schema.
    serializer = new AvroSerdes(addresses.schemaRegistryUrl()).serializer();
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                addresses.bootstrapServers(),
                "client.id",
                "sandbox",
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                5),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** Sends the value under the key; the answer is there when the broker has it. */
  <V extends SpecificRecord> Future<RecordMetadata> publish(Topic<V> topic, String key, V value) {
    return publish(topic, key, serializer.serialize(topic.name(), value));
  }

  Future<RecordMetadata> publish(Topic<?> topic, String key, byte[] bytes) {
    var record = new ProducerRecord<>(topic.name(), key, bytes);
    record
        .headers()
        .add("x-request-trace", UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
    var parent = traceparent;
    if (parent != null)
      record.headers().add("traceparent", parent.getBytes(StandardCharsets.UTF_8));
    return producer.send(record);
  }

  /** What is published from now on belongs to this W3C trace context; null: to none. */
  void traced(String parent) {
    traceparent = parent;
  }

  /** Waits for a send. */
  static RecordMetadata sent(Future<RecordMetadata> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the broker did not take a record", failed.getCause());
    }
  }

  static String describe(PurchaseCompleted purchase) {
    return "%s of %s: %s %d %s%s"
        .formatted(
            purchase.getOrderId(),
            purchase.getUserId(),
            purchase.getKind(),
            purchase.getAmountMinor(),
            purchase.getCurrency(),
            purchase.getUserTier() == null ? "" : " (" + purchase.getUserTier() + ")");
  }

  @Override
  public void close() {
    producer.close();
    serializer.close();
  }
}
