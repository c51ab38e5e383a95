package com.xxxchatnow.loyalty.kit.worker;

import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.POLLED;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a worker's two Kafka clients: poll, dispatch, collect, commit, again. Everything here
 * runs on the worker's thread, but for the handlers, which hand their results back through a queue.
 * A fault that new clients may cure is thrown; the worker then begins a new session.
 */
final class WorkerSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerSession.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration ASKING = Duration.ofSeconds(10);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final WorkerConfig config;
  private final Worker.Handler handler;
  private final DoubleConsumer share;
  private final WorkerMetrics metrics;
  private final java.util.function.Consumer<Throwable> fatal;
  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;
  private final WorkerMetrics.OfClients clientMetrics;

  private final Map<TopicPartition, PartitionState> partitions = new HashMap<>();
  private final Queue<RecordTask.Finished> finished = new ConcurrentLinkedQueue<>();
  private final Assignment assignment;
  private final TransactionCommitter committer;
  private boolean taking = true;
  private volatile boolean polling;

  WorkerSession(
      WorkerConfig config,
      Worker.Handler handler,
      DoubleConsumer share,
      WorkerMetrics metrics,
      java.util.function.Consumer<Throwable> fatal,
      java.util.function.Consumer<String> problem,
      Consumer<byte[], byte[]> consumer,
      Producer<byte[], byte[]> producer) {
    this.config = config;
    this.handler = handler;
    this.share = share;
    this.metrics = metrics;
    this.fatal = fatal;
    this.consumer = consumer;
    this.producer = producer;
    this.clientMetrics = metrics.of(consumer, producer);
    this.assignment = new Assignment(config.topic(), consumer, partitions, share, problem);
    this.committer =
        new TransactionCommitter(partitions, consumer, producer, config.faultPoints(), metrics);
    consumer.subscribe(List.of(config.topic()), assignment);
  }

  /** One turn of the loop; it never waits for a handler. */
  void pollOnce() {
    dispatch(poll());
    assignment.announce();
    collectCompleted();
    committer.commit();
    pauseAndResume();
    measure();
  }

  /** Takes and starts nothing more; {@link #pollOnce()} goes on for what is running. */
  void stopTaking() {
    taking = false;
    pauseAndResume();
  }

  /** Whether nothing is running, and nothing handled is uncommitted. */
  boolean atRest() {
    return finished.isEmpty()
        && partitions.values().stream()
            .allMatch(state -> state.running() == 0 && state.progress().isEmpty());
  }

  /** Whether it has committed anything: then a fault is new, and not the former one again. */
  boolean useful() {
    return committer.useful();
  }

  /** Ends a waiting poll, so that results do not wait for it. Called by any thread. */
  void wake() {
    if (polling) consumer.wakeup();
  }

  /** Interrupts all handlers, drops what is not committed, leaves the group. */
  @Override
  public void close() {
    partitions.values().forEach(PartitionState::drop);
    partitions.clear();
    share.accept(0);
    measure();
    clientMetrics.close();
    try {
      producer.close(CLOSING);
    } finally {
      consumer.close(CloseOptions.timeout(CLOSING));
    }
  }

  private ConsumerRecords<byte[], byte[]> poll() {
    polling = true;
    try {
      return consumer.poll(finished.isEmpty() ? POLL : Duration.ZERO);
    } catch (WakeupException finishedMeanwhile) {
      return ConsumerRecords.empty();
    } finally {
      polling = false;
    }
  }

  private void dispatch(ConsumerRecords<byte[], byte[]> polled) {
    if (!polled.isEmpty()) config.faultPoints().reached(POLLED);
    polled.partitions().forEach(partition -> reopenTruncated(partition, polled));
    open(polled);
    polled
        .nextOffsets()
        .forEach((partition, upTo) -> {
          var state = partitions.get(partition);
          if (state == null) return;
          for (var head : state.take(polled.records(partition), upTo)) start(state, head);
        });
  }

  /**
   * A position that goes backwards: the log was truncated, as by an unclean election, and what lies
   * below the known end now are other records. The partition is begun anew from there.
   */
  private void reopenTruncated(TopicPartition partition, ConsumerRecords<byte[], byte[]> polled) {
    var state = partitions.get(partition);
    var first = polled.records(partition).getFirst().offset();
    if (state == null || first >= state.position()) return;
    log.error(
        "{} went back from offset {} to {}: records were lost by the brokers."
            + " What is there now is handled",
        partition,
        state.position(),
        first);
    state.drop();
    partitions.put(
        partition, new PartitionState(IncompleteOffsets.from(first), state.next(), window()));
  }

  /**
   * Opens each partition that brings its first records. The committed metadata is asked for only
   * now: a partition that brings records has a stable offset, so that the answer does not wait for
   * the open transaction of a former owner.
   */
  private void open(ConsumerRecords<byte[], byte[]> polled) {
    var fresh = new HashSet<>(polled.partitions());
    fresh.removeAll(partitions.keySet());
    if (fresh.isEmpty()) return;
    var committed = committed(fresh);
    var begun = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (var partition : fresh) {
      var first = polled.records(partition).getFirst().offset();
      partitions.put(partition, opened(partition, first, committed.get(partition)));
      if (committed.get(partition) == null) begun.put(partition, new OffsetAndMetadata(first));
    }
    if (!begun.isEmpty()) commit(begun);
  }

  /**
   * Before a group's first record of a partition is handled, its offset is committed: so where
   * nothing is committed no owner had anything in hand.
   */
  private void commit(Map<TopicPartition, OffsetAndMetadata> begun) {
    while (true) {
      try {
        consumer.commitSync(begun, ASKING);
        return;
      } catch (WakeupException meantForThePollBefore) {
        continue;
      }
    }
  }

  private PartitionState opened(TopicPartition partition, long first, OffsetAndMetadata committed) {
    if (committed == null) return new PartitionState(IncompleteOffsets.from(first), first, 0);
    var progress = IncompleteOffsets.of(committed);
    if (first < committed.offset())
      return new PartitionState(IncompleteOffsets.from(first), progress.end(), window());
    if (!IncompleteOffsets.readable(committed))
      log.warn("{}: the committed metadata is not a worker's; its offset alone counts", partition);
    return new PartitionState(progress, progress.end(), window());
  }

  /** So many records a worker may have had in hand behind the end of what it had committed. */
  private int window() {
    return config.maxUnfinished() + WorkerClients.MAX_POLL_RECORDS;
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    while (true) {
      try {
        return consumer.committed(partitions, ASKING);
      } catch (WakeupException meantForThePollBefore) {
        continue;
      }
    }
  }

  private void start(PartitionState partition, Delivery delivery) {
    if (!taking) return;
    var task =
        new RecordTask(
            delivery, partition, handler, config.faultPoints(), metrics, fatal, this::finished);
    var thread = Thread.ofVirtual().name(config.group()).unstarted(task);
    partition.runs(delivery, thread);
    thread.start();
  }

  private void finished(RecordTask.Finished handled) {
    finished.add(handled);
    wake();
  }

  private void collectCompleted() {
    for (var each = finished.poll(); each != null; each = finished.poll()) {
      var partition = each.partition();
      if (partition.dropped()) continue;
      partition.finish(each.delivery(), each.results()).ifPresent(next -> start(partition, next));
    }
  }

  private void pauseAndResume() {
    var full = new HashSet<TopicPartition>();
    for (var partition : consumer.assignment()) {
      var state = partitions.get(partition);
      if (!taking || (state != null && isFull(state))) full.add(partition);
    }
    var paused = consumer.paused();
    metrics.paused.set(full.size());
    if (full.equals(paused)) return;
    var free = new HashSet<>(paused);
    free.removeAll(full);
    consumer.pause(full);
    consumer.resume(free);
  }

  /**
   * Each partition has its part of the memory, so that one whose records are slow leaves the others
   * theirs.
   */
  private boolean isFull(PartitionState state) {
    return state.held() >= config.maxUnfinished()
        || state.heldBytes() >= config.maxHeldBytes() / Math.max(1, assignment.size());
  }

  private void measure() {
    var states = partitions.values();
    metrics.unfinished.set(states.stream().mapToInt(PartitionState::unfinished).sum());
    metrics.running.set(states.stream().mapToInt(PartitionState::running).sum());
    metrics.heldBytes.set(states.stream().mapToLong(PartitionState::heldBytes).sum());
    metrics.oldest.set(
        states.stream()
            .flatMapToLong(state -> state.oldest().stream())
            .min()
            .orElse(Long.MAX_VALUE));
    metrics.assigned.set(assignment.size());
  }
}
