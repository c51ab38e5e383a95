package com.xxxchatnow.loyalty.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The clients a command may need, each made when it is first asked for, so that a command only
 * needs what it uses.
 */
public final class Clients implements AutoCloseable {
  private static final String CLIENT_ID = "loyalty-cli";

  /** An operator waits: a broker that is away is reported within this time. */
  private static final int PATIENCE_MILLIS = 15_000;

  private final Settings settings;
  private final KafkaSettings kafka;
  private final SchemaRegistryClient registry;
  private final Stop stop;
  private Admin admin;
  private Rrr rrr;

  /**
   * @param stop the operator's wish that a long command ends
   */
  public Clients(Settings settings, Stop stop) {
    this.settings = settings;
    this.stop = stop;
    this.kafka = KafkaSettings.from(settings);
    settings.check();
    this.registry = registry(kafka);
  }

  public Stop stop() {
    return stop;
  }

  /** RRR's API; a fault of its settings is reported only where it is needed. */
  public Rrr rrr(Clock clock) {
    if (rrr == null) rrr = Rrr.of(settings, clock);
    return rrr;
  }

  public Settings settings() {
    return settings;
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  String registryUrl() {
    return kafka.schemaRegistryUrl();
  }

  public AvroSerdes serdes() {
    return kafka.serdes();
  }

  public SchemaRegistryClient registry() {
    return registry;
  }

  public Admin admin() {
    if (admin == null) {
      admin =
          Admin.create(
              kafka.client(
                  CLIENT_ID,
                  Map.of(
                      "default.api.timeout.ms", PATIENCE_MILLIS,
                      "request.timeout.ms", PATIENCE_MILLIS)));
    }
    return admin;
  }

  /** A consumer of bytes that sees what is committed; the caller closes it. */
  public KafkaConsumer<byte[], byte[]> consumer(Map<String, ?> own) {
    var config = new HashMap<String, Object>(own);
    config.putIfAbsent("enable.auto.commit", false);
    config.putIfAbsent("isolation.level", "read_committed");
    config.putIfAbsent("auto.offset.reset", "earliest");
    config.putIfAbsent("allow.auto.create.topics", false);
    config.putIfAbsent("default.api.timeout.ms", PATIENCE_MILLIS);
    return new KafkaConsumer<>(
        kafka.client(CLIENT_ID, config), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A producer whose acknowledgement means that a consumer will read it; the caller closes it. */
  public KafkaProducer<byte[], byte[]> producer() {
    var config =
        Map.of(
            "acks",
            "all",
            "enable.idempotence",
            true,
            "linger.ms",
            5,
            "max.block.ms",
            PATIENCE_MILLIS,
            "delivery.timeout.ms",
            2 * PATIENCE_MILLIS,
            "request.timeout.ms",
            PATIENCE_MILLIS);
    return new KafkaProducer<>(
        kafka.client(CLIENT_ID, config), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Writes one record and answers where it is, once the broker has it.
   *
   * @param value null takes back what a compacted topic says of the key
   * @throws UserError when it can't be written
   */
  public <V extends SpecificRecord> RecordMetadata publish(Topic<V> topic, String key, V value)
      throws InterruptedException {
    try (var producer = producer();
        var values = serdes().<V>serializer()) {
      var bytes = value == null ? null : values.serialize(topic.name(), value);
      return producer.send(new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), bytes)).get();
    } catch (ExecutionException failure) {
      throw UserError.unavailable(
          "nothing was written to %s: %s".formatted(topic.name(), Failures.line(failure)), failure);
    }
  }

  @Override
  public void close() {
    if (admin != null) admin.close();
    if (rrr != null) rrr.close();
  }

  private static SchemaRegistryClient registry(KafkaSettings kafka) {
    return new CachedSchemaRegistryClient(kafka.schemaRegistryUrl(), 1_000, kafka.clientConfig());
  }
}
