package com.xxxchatnow.loyalty.webhook.edge;

import com.xxxchatnow.loyalty.webhook.edge.Unverified.Objection;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;

/** The edge's own metrics, each named once. Labels come from bounded sets only. */
public final class EdgeMetrics {
  static final String ANSWERS = "loyalty.webhook.answers";
  static final String SIGNATURES_REFUSED = "loyalty.webhook.signatures.refused";

  private final MeterRegistry registry;

  public EdgeMetrics(MeterRegistry registry) {
    this.registry = registry;
    // From the start: an alert cannot see an increase from nothing to 1.
    for (var why : Objection.values()) registry.counter(SIGNATURES_REFUSED, "why", why.name());
  }

  /** Adds the producer's own metrics; closed before it. */
  public KafkaClientMetrics of(Producer<?, ?> producer) {
    var of = new KafkaClientMetrics(producer);
    of.bindTo(registry);
    return of;
  }

  /** What waits for brokers. */
  public interface Sending {
    void acknowledged() throws ExecutionException, InterruptedException;
  }

  /** Name and labels as OpenTelemetry's conventions for messaging have them. */
  public void sending(String topic, Sending sending)
      throws ExecutionException, InterruptedException {
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

  public void answered(WebhookResponse answer, long nanos) {
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

  public void refused(Objection why) {
    registry.counter(SIGNATURES_REFUSED, "why", why.name()).increment();
  }
}
