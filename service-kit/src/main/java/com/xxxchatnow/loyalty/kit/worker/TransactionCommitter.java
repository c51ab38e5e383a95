package com.xxxchatnow.loyalty.kit.worker;

import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.COMMITTED;
import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.OFFSETS_SENT;
import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.PRODUCED;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what is finished in all partitions visible: one transaction for the results and for how far
 * each partition is. A fault before the commit leaves both in memory for a later try (the polls
 * between may take partitions away); a fault of the commit itself leaves its outcome open, and is
 * thrown.
 */
final class TransactionCommitter {
  private static final Logger log = LoggerFactory.getLogger(TransactionCommitter.class);
  private static final Duration PAUSE_AFTER_ABORT = Duration.ofMillis(100);
  private static final int ABORTS_IN_A_ROW = 20;

  private final Map<TopicPartition, PartitionState> partitions;
  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;
  private final WorkerConfig.FaultPoints faultPoints;
  private final WorkerMetrics metrics;
  private long notBefore = System.nanoTime();
  private int aborts;
  private boolean useful;

  TransactionCommitter(
      Map<TopicPartition, PartitionState> partitions,
      Consumer<byte[], byte[]> consumer,
      Producer<byte[], byte[]> producer,
      WorkerConfig.FaultPoints faultPoints,
      WorkerMetrics metrics) {
    this.partitions = partitions;
    this.consumer = consumer;
    this.producer = producer;
    this.faultPoints = faultPoints;
    this.metrics = metrics;
  }

  /** Whether anything was committed: then a fault is new, and not the former one again. */
  boolean useful() {
    return useful;
  }

  void commit() {
    if (System.nanoTime() - notBefore < 0) return;
    var progress = new HashMap<TopicPartition, OffsetAndMetadata>();
    partitions.forEach(
        (partition, state) -> state.progress().ifPresent(now -> progress.put(partition, now)));
    if (progress.isEmpty()) return;
    var time = Timer.start();
    producer.beginTransaction();
    if (!prepared(progress)) return;
    producer.commitTransaction();
    faultPoints.reached(COMMITTED);
    aborts = 0;
    useful = true;
    time.stop(metrics.transaction);
    progress.forEach(
        (partition, now) -> metrics.settled.increment(partitions.get(partition).committed(now)));
  }

  private boolean prepared(Map<TopicPartition, OffsetAndMetadata> progress) {
    var sent = new LinkedHashMap<OutputRecord, Future<RecordMetadata>>();
    try {
      for (var partition : progress.keySet())
        for (var result : partitions.get(partition).results())
          sent.put(result, producer.send(result.produced()));
      producer.flush();
      faultPoints.reached(PRODUCED);
      producer.sendOffsetsToTransaction(progress, consumer.groupMetadata());
      faultPoints.reached(OFFSETS_SENT);
      return true;
    } catch (KafkaException fault) {
      abort(fault, sent);
      return false;
    }
  }

  private void abort(KafkaException fault, Map<OutputRecord, Future<RecordMetadata>> sent) {
    if (WorkerFaults.fatal(fault).isPresent() || ++aborts > ABORTS_IN_A_ROW) throw fault;
    log.info("A transaction is aborted and tried again: {}", fault.toString());
    producer.abortTransaction();
    metrics.aborted.increment();
    notBefore = System.nanoTime() + PAUSE_AFTER_ABORT.toNanos();
    sent.forEach((result, future) -> {
      if (future.state() == Future.State.FAILED
          && future.exceptionNow() instanceof RecordTooLargeException) result.cut();
    });
  }
}
