package com.xxxchatnow.loyalty.kit.worker;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many records of the assigned partitions are not finished, up to the ends of the logs as the
 * brokers have them: a consumer's own lag ends where a transaction is open.
 */
final class WorkerLag {
  private static final Logger log = LoggerFactory.getLogger(WorkerLag.class);
  private static final Duration EVERY = Duration.ofSeconds(15);

  private final Consumer<byte[], byte[]> consumer;
  private final TopicAdmin admin;
  private final Map<TopicPartition, PartitionState> partitions;
  private final WorkerMetrics metrics;
  private long from = System.nanoTime();

  /**
   * @param partitions those that brought records
   */
  WorkerLag(
      Consumer<byte[], byte[]> consumer,
      TopicAdmin admin,
      Map<TopicPartition, PartitionState> partitions,
      WorkerMetrics metrics) {
    this.consumer = consumer;
    this.admin = admin;
    this.partitions = partitions;
    this.metrics = metrics;
  }

  /** Measures every 15 s; where Kafka doesn't answer, the former value stays. */
  void measure() {
    if (System.nanoTime() - from < 0) return;
    from = System.nanoTime() + EVERY.toNanos();
    try {
      var lag = 0L;
      for (var end : admin.logEnds(consumer.assignment()).entrySet())
        lag += Math.max(0, end.getValue() - done(end.getKey()));
      metrics.lag.set(lag);
    } catch (RetriableException | WakeupException unknown) {
      log.debug("the lag is not known: {}", unknown.toString());
    }
  }

  private long done(TopicPartition partition) {
    var state = partitions.get(partition);
    return state == null ? consumer.position(partition, Duration.ZERO) : state.done();
  }
}
