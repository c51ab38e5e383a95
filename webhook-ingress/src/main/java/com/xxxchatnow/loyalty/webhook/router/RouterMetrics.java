package com.xxxchatnow.loyalty.webhook.router;

import com.xxxchatnow.loyalty.events.Reason;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.apache.kafka.streams.KafkaStreams;

/** The router's own metrics, each named once. Labels come from bounded sets only. */
public final class RouterMetrics {
  static final String DUPLICATES = "loyalty.webhook.duplicates";
  static final String UNKNOWN_TYPES = "loyalty.webhook.unknown.types";
  static final String PUBLISHED = "loyalty.webhook.published";
  static final String SUPERSEDED = "loyalty.webhook.links.superseded";
  static final String DEAD_LETTERS = "loyalty.dead.letters";
  static final String ROUTER_FAILURES = "loyalty.webhook.router.failures";
  static final String ROUTER_RUNNING = "loyalty.webhook.router.running";
  static final String ROUTER_LAG = "loyalty.webhook.router.lag";

  private static final int MAX_TYPES = 20;
  private static final String OTHER = "other";

  private final MeterRegistry registry;
  private final Set<String> types = ConcurrentHashMap.newKeySet();

  public RouterMetrics(MeterRegistry registry) {
    this.registry = registry;
    // From the start: an alert cannot see an increase from nothing to 1.
    for (var by : List.of("event", "business")) registry.counter(DUPLICATES, "by", by);
    for (var reason : List.of(Reason.UNREADABLE, Reason.INVALID))
      registry.counter(DEAD_LETTERS, "reason", reason.name());
    registry.counter(SUPERSEDED);
    registry.counter(ROUTER_FAILURES);
  }

  /** Adds Kafka Streams' own metrics; closed before it. */
  public KafkaStreamsMetrics of(KafkaStreams streams) {
    var of = new KafkaStreamsMetrics(streams);
    of.bindTo(registry);
    return of;
  }

  /**
   * @param by what was seen before: the event, or its business identity
   */
  public void duplicate(String by) {
    registry.counter(DUPLICATES, "by", by).increment();
  }

  /** Counts an unknown type: the first few by name, all others together. */
  public void unknownType(String type) {
    registry.counter(UNKNOWN_TYPES, "type", label(type)).increment();
  }

  public void published(String topic) {
    registry.counter(PUBLISHED, "topic", topic).increment();
  }

  public void superseded() {
    registry.counter(SUPERSEDED).increment();
  }

  public void deadLetter(Reason reason) {
    registry.counter(DEAD_LETTERS, "reason", reason.name()).increment();
  }

  public void routerFailed() {
    registry.counter(ROUTER_FAILURES).increment();
  }

  /**
   * @param lag records that the router is behind
   */
  public void router(BooleanSupplier running, DoubleSupplier lag) {
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
    return types.size() < MAX_TYPES && types.add(type) ? type : OTHER;
  }
}
