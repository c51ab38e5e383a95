package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Verified;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.opentelemetry.api.trace.SpanKind;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps webhooks in {@code rrr.webhooks.v1} as they came, before they are acknowledged to RRR.
 *
 * <p>A record's key is its event_id; its partition follows what the event is about (its member,
 * transfer or promotion), so that the events of one member stay in the order in which they were
 * received.
 */
public final class WebhookPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WebhookPublisher.class);
  private static final String TOPIC = Topics.WEBHOOKS.name();

  private static final Duration FOR_CLOSING = Duration.ofSeconds(5);

  private final Producer<byte[], byte[]> producer;
  private final Serializer<WebhookReceived> values;
  private final EdgeMetrics metrics;
  private final KafkaClientMetrics figures;
  private final Tracing tracing;
  private final Clock clock;
  private final AtomicBoolean refusing = new AtomicBoolean();
  private volatile boolean serving;

  WebhookPublisher(
      Producer<byte[], byte[]> producer,
      Serializer<WebhookReceived> values,
      EdgeMetrics metrics,
      Tracing tracing,
      Clock clock) {
    this.producer = producer;
    this.values = values;
    this.metrics = metrics;
    this.figures = metrics.of(producer);
    this.tracing = tracing;
    this.clock = clock;
  }

  /**
   * @param forAcknowledgement the longest time from a webhook to the brokers' acknowledgement
   */
  public static WebhookPublisher on(
      KafkaSettings kafka,
      Duration forAcknowledgement,
      EdgeMetrics metrics,
      Tracing tracing,
      Clock clock) {
    var bytes = new ByteArraySerializer();
    return new WebhookPublisher(
        new KafkaProducer<>(
            kafka.client("webhook-ingress", config(forAcknowledgement)), bytes, bytes),
        kafka.serdes().serializer(),
        metrics,
        tracing,
        clock);
  }

  /** Durable before it is acknowledged, with a result within the given time, whatever happens. */
  public static Map<String, Object> config(Duration forAcknowledgement) {
    var metadata = forAcknowledgement.toMillis() / 4;
    var delivery = forAcknowledgement.toMillis() - metadata;
    return Map.of(
        "acks",
        "all",
        "enable.idempotence",
        true,
        "delivery.timeout.ms",
        (int) delivery,
        "request.timeout.ms",
        (int) (delivery / 2),
        "max.block.ms",
        metadata,
        "retry.backoff.ms",
        50,
        "retry.backoff.max.ms",
        500,
        "reconnect.backoff.max.ms",
        500,
        "linger.ms",
        0,
        "buffer.memory",
        32L * 1024 * 1024);
  }

  /**
   * Fetches what a first record needs, the schema's id above all: the registry is not needed any
   * more then. Webhooks are not taken before.
   *
   * @throws KafkaException when the registry or the brokers do not respond
   */
  void warmUp() {
    values.serialize(TOPIC, received("warm-up", null, new byte[0], Map.of(), null));
    producer.partitionsFor(TOPIC);
    serving = true;
  }

  boolean serving() {
    return serving;
  }

  /**
   * Keeps a webhook; returns when all in-sync replicas have it.
   *
   * @return false when that was not confirmed in time: it may be there or not, and is to be sent
   *     again
   */
  boolean keep(Verified delivery, WebhookBody event) {
    if (!serving) return false;
    try {
      send(record(delivery, event));
      if (refusing.getAndSet(false)) log.info("Webhooks are kept again");
      return true;
    } catch (ExecutionException notKept) {
      refusing(notKept.getCause());
    } catch (KafkaException | IllegalStateException notSent) {
      // IllegalStateException: the producer is closed, the service stops.
      refusing(notSent);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /** Logged once, however many are refused until one is kept again. */
  private void refusing(Throwable why) {
    if (!refusing.getAndSet(true))
      log.warn("Webhooks are answered 503, Kafka does not keep them: {}", why.toString());
  }

  private void send(ProducerRecord<byte[], byte[]> record)
      throws ExecutionException, InterruptedException {
    try (var step = tracing.step("receive webhook", SpanKind.SERVER, record.headers())) {
      step.with("messaging.destination.name", TOPIC).to(record.headers());
      metrics.sending(TOPIC, () -> producer.send(record).get());
    }
  }

  private ProducerRecord<byte[], byte[]> record(Verified delivery, WebhookBody event) {
    var trace = trace(delivery.headers());
    var value =
        received(
            event.eventId(), event.eventType(), delivery.body(), kept(delivery.headers()), trace);
    var record =
        new ProducerRecord<>(
            TOPIC,
            partition(event.subject()),
            value.getReceivedAt().toEpochMilli(),
            event.eventId().getBytes(UTF_8),
            values.serialize(TOPIC, value));
    traced(record.headers(), trace, delivery.headers());
    return record;
  }

  private WebhookReceived received(
      String eventId, String type, byte[] body, Map<String, String> headers, String trace) {
    return WebhookReceived.newBuilder()
        .setEventId(eventId)
        .setEventType(type)
        .setBody(ByteBuffer.wrap(body))
        .setHeaders(headers)
        .setTrace(trace)
        .setReceivedAt(clock.instant())
        .build();
  }

  /** As Kafka's own partitioner, but by the subject. */
  private int partition(String subject) {
    var hash = Utils.toPositive(Utils.murmur2(subject.getBytes(UTF_8)));
    return hash % producer.partitionsFor(TOPIC).size();
  }

  private static Map<String, String> kept(Map<String, List<String>> headers) {
    return headers.entrySet().stream()
        .filter(it -> it.getKey().startsWith("x-rrr-") && !it.getKey().equals(Verifier.SIGNATURE))
        .collect(Collectors.toMap(Map.Entry::getKey, it -> String.join(", ", it.getValue())));
  }

  /** RRR's trace when it sent one that is a UUID, or a new one. */
  private static String trace(Map<String, List<String>> headers) {
    var given = first(headers, TraceHeaders.REQUEST_TRACE);
    return given.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
        ? given
        : UUID.randomUUID().toString();
  }

  private static void traced(Headers to, String trace, Map<String, List<String>> headers) {
    to.add(TraceHeaders.REQUEST_TRACE, trace.getBytes(UTF_8));
    var parent = first(headers, TraceHeaders.TRACEPARENT);
    if (TraceHeaders.isParent(parent)) to.add(TraceHeaders.TRACEPARENT, parent.getBytes(UTF_8));
  }

  private static String first(Map<String, List<String>> headers, String name) {
    return headers.getOrDefault(name, List.of("")).getFirst();
  }

  @Override
  public void close() {
    figures.close();
    producer.close(FOR_CLOSING);
    values.close();
  }
}
