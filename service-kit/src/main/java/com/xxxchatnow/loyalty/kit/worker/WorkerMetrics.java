package com.xxxchatnow.loyalty.kit.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.time.Clock;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** What an operator sees of a {@link Worker}; no label names a user, an order or a member. */
final class WorkerMetrics {
  private static final long NONE = Long.MAX_VALUE;

  final AtomicInteger unfinished = new AtomicInteger();
  final AtomicInteger running = new AtomicInteger();
  final AtomicInteger paused = new AtomicInteger();
  final AtomicInteger assigned = new AtomicInteger();
  final AtomicLong heldBytes = new AtomicLong();
  final AtomicLong lag = new AtomicLong();

  /** Epoch milliseconds, or {@link #NONE}. */
  final AtomicLong oldest = new AtomicLong(NONE);

  private final MeterRegistry registry;
  final Timer transaction;
  final Counter aborted;
  final Counter rebuilt;
  final Counter settled;
  final Counter defects;

  private final Timer handling;

  WorkerMetrics(MeterRegistry registry, String topic, String group, Clock clock) {
    this.registry = registry;
    // Name and labels as OpenTelemetry's conventions for messaging have them.
    handling =
        Timer.builder("messaging.process.duration")
            .description("time from the begin of a record's handling to its end")
            .tag("messaging.system", "kafka")
            .tag("messaging.operation.name", "process")
            .tag("messaging.destination.name", topic)
            .tag("messaging.consumer.group.name", group)
            .register(registry);
    gauge(registry, group, "worker.unfinished", "records read and not finished", unfinished);
    gauge(registry, group, "worker.running", "records being handled", running);
    gauge(
        registry, group, "worker.partitions.paused", "assigned partitions at their bound", paused);
    gauge(registry, group, "worker.partitions.assigned", "assigned partitions", assigned);
    Gauge.builder("worker.lag", lag, AtomicLong::get)
        .description("records up to the ends of the logs that are not finished")
        .baseUnit("records")
        .tag("group", group)
        .register(registry);
    Gauge.builder("worker.held", heldBytes, AtomicLong::get)
        .description("memory taken by records whose results are not committed, roughly")
        .baseUnit("bytes")
        .tag("group", group)
        .register(registry);
    Gauge.builder(
            "worker.oldest.unfinished",
            oldest,
            at -> at.get() == NONE ? 0 : Math.max(0, clock.millis() - at.get()) / 1_000.0)
        .description("age of the oldest unfinished record by its timestamp")
        .baseUnit("seconds")
        .tag("group", group)
        .register(registry);
    transaction =
        Timer.builder("worker.transaction")
            .description("time from the begin of a transaction to its commit")
            .tag("group", group)
            .register(registry);
    aborted = counter(registry, group, "worker.transactions.aborted", "transactions aborted");
    rebuilt = counter(registry, group, "worker.rebuilds", "times both clients were built anew");
    settled = counter(registry, group, "worker.settled", "records whose results are committed");
    defects = counter(registry, group, "worker.defects", "unexpected exceptions of the handler");
  }

  /** What a handler does with a record. */
  interface Work<T> {
    T done() throws InterruptedException;
  }

  <T> T timed(Work<T> work) throws InterruptedException {
    var sample = Timer.start();
    try {
      return work.done();
    } finally {
      sample.stop(handling);
    }
  }

  /** Shows the clients' own figures until it is closed: each rebuild brings new clients. */
  OfClients of(Consumer<?, ?> consumer, Producer<?, ?> producer) {
    var of = new OfClients(new KafkaClientMetrics(consumer), new KafkaClientMetrics(producer));
    of.read.bindTo(registry);
    of.written.bindTo(registry);
    return of;
  }

  record OfClients(KafkaClientMetrics read, KafkaClientMetrics written) implements AutoCloseable {
    @Override
    public void close() {
      read.close();
      written.close();
    }
  }

  void measure(Collection<PartitionState> states, int partitions) {
    unfinished.set(states.stream().mapToInt(PartitionState::unfinished).sum());
    running.set(states.stream().mapToInt(PartitionState::running).sum());
    heldBytes.set(states.stream().mapToLong(PartitionState::heldBytes).sum());
    oldest.set(states.stream().flatMapToLong(state -> state.oldest().stream()).min().orElse(NONE));
    assigned.set(partitions);
  }

  void idle() {
    unfinished.set(0);
    running.set(0);
    paused.set(0);
    assigned.set(0);
    heldBytes.set(0);
    lag.set(0);
    oldest.set(NONE);
  }

  private static void gauge(
      MeterRegistry registry, String group, String name, String meaning, AtomicInteger value) {
    Gauge.builder(name, value, AtomicInteger::get)
        .description(meaning)
        .tag("group", group)
        .register(registry);
  }

  private static Counter counter(
      MeterRegistry registry, String group, String name, String meaning) {
    return Counter.builder(name).description(meaning).tag("group", group).register(registry);
  }
}
