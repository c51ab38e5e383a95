package com.xxxchatnow.loyalty.webhook;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.webhook.Unverified.Objection;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.KafkaStreams;

/** The ingress's own figures, each named once. Labels come from bounded sets only. */
final class IngressMetrics {
  static final String ANSWERS = "loyalty.webhook.answers";
  static final String SIGNATURES_REFUSED = "loyalty.webhook.signatures.refused";
  static final String DUPLICATES = "loyalty.webhook.duplicates";
  static final String UNKNOWN_TYPES = "loyalty.webhook.unknown.types";
  static final String PUBLISHED = "loyalty.webhook.published";
  static final String SUPERSEDED = "loyalty.webhook.links.superseded";
  static final String DEAD_LETTERS = "loyalty.dead.letters";
  static final String ROUTER_FAILURES = "loyalty.webhook.router.failures";

  static final String ROUTER_RUNNING = "loyalty.webhook.router.running";
  static final String ROUTER_LAG = "loyalty.webhook.router.lag";

  private static final int MOST_TYPES = 20;
  private static final String OTHER = "other";

  private final MeterRegistry registry;
  private final Set<String> types = ConcurrentHashMap.newKeySet();

  IngressMetrics(MeterRegistry registry) {
    this.registry = registry;
    // From the start: an increase from nothing to 1 can't be seen by an alert.
    for (var why : Objection.values()) registry.counter(SIGNATURES_REFUSED, "why", why.name());
    for (var by : List.of("event", "business")) registry.counter(DUPLICATES, "by", by);
    for (var reason : List.of(Reason.UNREADABLE, Reason.INVALID))
      registry.counter(DEAD_LETTERS, "reason", reason.name());
    registry.counter(SUPERSEDED);
    registry.counter(ROUTER_FAILURES);
  }

  /** Shows Kafka Streams' own figures; closed before it. */
  KafkaStreamsMetrics of(KafkaStreams streams) {
    var of = new KafkaStreamsMetrics(streams);
    of.bindTo(registry);
    return of;
  }

  /** Shows the producer's own figures; closed before it. */
  KafkaClientMetrics of(Producer<?, ?> producer) {
    var of = new KafkaClientMetrics(producer);
    of.bindTo(registry);
    return of;
  }

  /** What waits for brokers. */
  interface Sending {
    void acknowledged() throws ExecutionException, InterruptedException;
  }

  /** Name and labels as OpenTelemetry's conventions for messaging have them. */
  void sending(String topic, Sending sending) throws ExecutionException, InterruptedException {
    var sample = Timer.start();
    try {
      sending.acknowledged();
    } finally {
      sample.stop(
          registry.timer(
              "messaging.client.operation.duration",
              "messaging.system",
              "kafka",
              "messaging.operation.name",
              "send",
              "messaging.destination.name",
              topic));
    }
  }

  void answered(Answer answer, long nanos) {
    Timer.builder(ANSWERS)
        .description("Time from a webhook's headers to its answer")
        .tag("status", Integer.toString(answer.status))
        .tag("answer", answer.name())
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(1))
        .maximumExpectedValue(Duration.ofSeconds(10))
        .register(registry)
        .record(Duration.ofNanos(nanos));
  }

  void refused(Objection why) {
    registry.counter(SIGNATURES_REFUSED, "why", why.name()).increment();
  }

  /**
   * @param by what was seen before: the event, or its business identity
   */
  void duplicate(String by) {
    registry.counter(DUPLICATES, "by", by).increment();
  }

  /** Counts a type we do not know: the first few by name, all others together. */
  void unknownType(String type) {
    registry.counter(UNKNOWN_TYPES, "type", label(type)).increment();
  }

  void published(String topic) {
    registry.counter(PUBLISHED, "topic", topic).increment();
  }

  void superseded() {
    registry.counter(SUPERSEDED).increment();
  }

  void deadLetter(Reason reason) {
    registry.counter(DEAD_LETTERS, "reason", reason.name()).increment();
  }

  void routerFailed() {
    registry.counter(ROUTER_FAILURES).increment();
  }

  /**
   * @param lag records that the router is behind
   */
  void router(BooleanSupplier running, DoubleSupplier lag) {
    Gauge.builder(ROUTER_RUNNING, () -> running.getAsBoolean() ? 1 : 0)
        .description("1 while this instance's router runs or rebalances")
        .register(registry);
    Gauge.builder(ROUTER_LAG, lag::getAsDouble)
        .description("records behind, in the partition that is furthest behind")
        .register(registry);
  }

  private String label(String type) {
    if (type == null || !type.matches("[A-Z][A-Z_]{0,63}")) return OTHER;
    if (types.contains(type)) return type;
    return types.size() < MOST_TYPES && types.add(type) ? type : OTHER;
  }
}
