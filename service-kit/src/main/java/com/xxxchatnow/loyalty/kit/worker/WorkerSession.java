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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a worker's two Kafka clients: poll, hand out, settle, again. Everything here runs on
 * the worker's thread, but for the handlers, which hand their results back through a queue. A fault
 * that can't be mended within it is thrown; the worker then begins a new one.
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

  private final Map<TopicPartition, PartitionState> lanes = new HashMap<>();
  private final Queue<RecordTask.Finished> finished = new ConcurrentLinkedQueue<>();
  private final Assignment assignment;
  private final TransactionCommitter settling;
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
    this.assignment = new Assignment(config.topic(), consumer, lanes, share, problem);
    this.settling = new TransactionCommitter(lanes, consumer, producer, config.steps(), metrics);
    consumer.subscribe(List.of(config.topic()), assignment);
  }

  /** One turn of the loop; it never waits for a handler. */
  void pollOnce() {
    dispatch(poll());
    assignment.announce();
    collectCompleted();
    settling.settle();
    pauseAndResume();
    measure();
  }

  /** Takes and starts nothing more; {@link #pollOnce()} goes on for what is running. */
  void stopTaking() {
    taking = false;
    pauseAndResume();
  }

  /** Whether nothing is running, and nothing handled is unsettled. */
  boolean atRest() {
    return finished.isEmpty()
        && lanes.values().stream()
            .allMatch(lane -> lane.running() == 0 && lane.progress().isEmpty());
  }

  /** Whether it has settled anything: then a fault is new, and not the former one again. */
  boolean useful() {
    return settling.useful();
  }

  /** Ends a waiting poll, so that results do not wait for it. Called by any thread. */
  void wake() {
    if (polling) consumer.wakeup();
  }

  /** Interrupts all handlers, drops what is not settled, leaves the group. */
  @Override
  public void close() {
    lanes.values().forEach(PartitionState::drop);
    lanes.clear();
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
    if (!polled.isEmpty()) config.steps().reached(POLLED);
    open(polled);
    polled
        .nextOffsets()
        .forEach((partition, upTo) -> {
          var lane = lanes.get(partition);
          if (lane == null) return;
          for (var head : lane.take(polled.records(partition), upTo)) start(lane, head);
        });
  }

  /**
   * Opens a lane for each partition that brings its first records. The committed metadata is asked
   * for only now: a partition that brings records has a stable offset, so that the answer does not
   * wait for the open transaction of a former owner.
   */
  private void open(ConsumerRecords<byte[], byte[]> polled) {
    var fresh = new HashSet<>(polled.partitions());
    fresh.removeAll(lanes.keySet());
    if (fresh.isEmpty()) return;
    var committed = committed(fresh);
    for (var partition : fresh) {
      var first = polled.records(partition).getFirst().offset();
      lanes.put(
          partition, new PartitionState(progress(partition, first, committed.get(partition))));
    }
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

  private static IncompleteOffsets progress(
      TopicPartition partition, long first, OffsetAndMetadata committed) {
    if (committed == null || first < committed.offset()) return IncompleteOffsets.from(first);
    if (!IncompleteOffsets.readable(committed))
      log.warn("{}: the committed metadata is not ours; its offset alone counts", partition);
    return IncompleteOffsets.of(committed);
  }

  private void start(PartitionState lane, ConsumerRecord<byte[], byte[]> record) {
    if (!taking) return;
    var handling =
        new RecordTask(record, lane, handler, config.steps(), metrics, fatal, this::finished);
    var thread = Thread.ofVirtual().name(config.group()).unstarted(handling);
    lane.runs(record, thread);
    thread.start();
  }

  private void finished(RecordTask.Finished handled) {
    finished.add(handled);
    wake();
  }

  private void collectCompleted() {
    for (var each = finished.poll(); each != null; each = finished.poll()) {
      var lane = each.lane();
      if (lane.dropped()) continue;
      lane.finish(each.record(), each.results()).ifPresent(next -> start(lane, next));
    }
  }

  private void pauseAndResume() {
    var full = new HashSet<TopicPartition>();
    for (var partition : consumer.assignment()) {
      var lane = lanes.get(partition);
      if (!taking || (lane != null && lane.unfinished() >= config.maxUnfinished()))
        full.add(partition);
    }
    var paused = consumer.paused();
    metrics.paused.set(full.size());
    if (full.equals(paused)) return;
    var free = new HashSet<>(paused);
    free.removeAll(full);
    consumer.pause(full);
    consumer.resume(free);
  }

  private void measure() {
    metrics.unfinished.set(lanes.values().stream().mapToInt(PartitionState::unfinished).sum());
    metrics.running.set(lanes.values().stream().mapToInt(PartitionState::running).sum());
    metrics.oldest.set(
        lanes.values().stream()
            .flatMapToLong(lane -> lane.oldest().stream())
            .min()
            .orElse(Long.MAX_VALUE));
    metrics.assigned.set(assignment.size());
  }
}
