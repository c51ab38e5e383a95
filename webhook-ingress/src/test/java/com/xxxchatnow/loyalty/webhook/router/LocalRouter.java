package com.xxxchatnow.loyalty.webhook.router;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.edge.Webhook;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The router's topology driven by hand: webhooks in, events out, and the time moved. */
final class LocalRouter implements AutoCloseable {
  private static final AvroSerdes SERDES =
      new AvroSerdes(
          Map.of(
              "schema.registry.url", "mock://" + UUID.randomUUID(), "auto.register.schemas", true));
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> webhooks;
  private Instant now = Instant.parse("2026-11-22T10:00:00Z");

  LocalRouter(Path state) {
    var config = new Properties();
    config.put("application.id", "router-test");
    config.put("bootstrap.servers", "nowhere:1");
    config.put("processing.exception.handler.global.enabled", true);
    config.put("state.dir", state.toString());
    driver =
        new TopologyTestDriver(
            RouterTopology.of(SERDES, new RouterMetrics(meters), Tracing.off()), config, now);
    webhooks =
        driver.createInputTopic(
            Topics.WEBHOOKS.name(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  static AvroSerdes serdes() {
    return SERDES;
  }

  LocalRouter receives(Webhook... all) {
    for (var webhook : all) receives(webhook.received(now));
    return this;
  }

  LocalRouter receives(WebhookReceived received) {
    return receives(raw(received));
  }

  /** The record on {@code rrr.webhooks.v1}. */
  static TestRecord<byte[], byte[]> raw(WebhookReceived received) {
    var value = SERDES.<WebhookReceived>serializer().serialize(Topics.WEBHOOKS.name(), received);
    return new TestRecord<>(received.getEventId().getBytes(UTF_8), value, received.getReceivedAt());
  }

  LocalRouter receives(TestRecord<byte[], byte[]> raw) {
    webhooks.pipeInput(raw);
    return this;
  }

  LocalRouter waits(Duration time) {
    now = now.plus(time);
    driver.advanceWallClockTime(time);
    return this;
  }

  Instant now() {
    return now;
  }

  /** What came out since the last look. */
  <V extends SpecificRecord> List<TestRecord<String, V>> published(Topic<V> topic) {
    return driver
        .createOutputTopic(topic.name(), new StringDeserializer(), SERDES.<V>deserializer())
        .readRecordsToList();
  }

  <V extends SpecificRecord> List<V> values(Topic<V> topic) {
    return published(topic).stream().map(TestRecord::value).toList();
  }

  List<TestRecord<byte[], byte[]>> deadLetters() {
    return driver
        .createOutputTopic(
            Topics.WEBHOOKS.name() + ".dlt",
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())
        .readRecordsToList();
  }

  double count(String metric, String... tags) {
    var counter = meters.find(metric).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  @Override
  public void close() {
    driver.close();
  }
}
