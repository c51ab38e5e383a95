package com.xxxchatnow.loyalty.webhook.router;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.LocalPipeline;
import com.xxxchatnow.loyalty.webhook.edge.Webhook;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * The router's topology driven by hand, with the serdes of production: webhooks in, events out, and
 * the time moved.
 */
final class LocalRouter implements AutoCloseable {
  private static final AvroSerdes SERDES = LocalPipeline.serdes();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> webhooks;
  private final TestInputTopic<byte[], byte[]> links;
  private Instant now = Instant.parse("2026-11-22T10:00:00Z");
  private long nanos;

  LocalRouter(Path state) {
    var config = new Properties();
    config.put("application.id", "router-test");
    config.put("bootstrap.servers", "nowhere:1");
    config.put("processing.exception.handler.global.enabled", true);
    config.put("state.dir", state.toString());
    driver = new TopologyTestDriver(topology(), config, now);
    webhooks =
        driver.createInputTopic(
            Topics.WEBHOOKS.name(), new ByteArraySerializer(), new ByteArraySerializer());
    links =
        driver.createInputTopic(
            Topics.LINK_UPDATES.name(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  Topology topology() {
    InstantSource clock = () -> now;
    return RouterTopology.of(
        SERDES,
        new RouterMetrics(meters),
        Tracing.off(),
        clock.withZone(ZoneOffset.UTC),
        () -> nanos);
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

  /** Time passes. */
  LocalRouter waits(Duration time) {
    nanos += time.toNanos();
    return clockJumps(time);
  }

  /** The wall clock is set, ahead or back; no time passes. */
  LocalRouter clockJumps(Duration by) {
    now = now.plus(by);
    return this;
  }

  /** Another writer's record on {@code loyalty.link-updates.v1}. */
  LocalRouter follows(LinkUpdated link) {
    var value = SERDES.<LinkUpdated>serializer().serialize(Topics.LINK_UPDATES.name(), link);
    return follows(link.getUserId(), value);
  }

  /**
   * @param value null forgets the user
   */
  LocalRouter follows(String user, byte[] value) {
    links.pipeInput(user.getBytes(UTF_8), value, now);
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
    return deadLetters(Topics.WEBHOOKS);
  }

  List<TestRecord<byte[], byte[]>> deadLetters(Topic<?> source) {
    return driver
        .createOutputTopic(
            source.name() + Topic.DEAD_LETTER_SUFFIX,
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
