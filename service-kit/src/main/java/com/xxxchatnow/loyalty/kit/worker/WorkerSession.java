package com.xxxchatnow.loyalty.kit.worker;

import static com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step.POLLED;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * One life of a worker's two Kafka clients: poll, dispatch, collect, commit, again. Everything here
 * runs on the worker's thread, but for the handlers, which hand their results back through a queue.
 * A fault that new clients may cure is thrown; the worker then begins a new session.
 */
final class WorkerSession implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final WorkerConfig config;
  private final Worker.Handler handler;
  private final DoubleConsumer share;
  private final WorkerMetrics metrics;
  private final java.util.function.Consumer<Throwable> fatal;
  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;
  private final WorkerMetrics.OfClients clientMetrics;

  private final TopicAdmin admin;
  private final OpenPartitions open;
  private final Map<TopicPartition, PartitionState> partitions;
  private final Queue<RecordTask.Finished> finished = new ConcurrentLinkedQueue<>();
  private final Assignment assignment;
  private final TransactionCommitter committer;
  private final WorkerLag lag;
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
      Producer<byte[], byte[]> producer,
      TopicAdmin admin) {
    this.config = config;
    this.handler = handler;
    this.share = share;
    this.metrics = metrics;
    this.fatal = fatal;
    this.consumer = consumer;
    this.producer = producer;
    this.clientMetrics = metrics.of(consumer, producer);
    this.admin = admin;
    this.open = new OpenPartitions(config, consumer);
    this.partitions = open.states;
    this.assignment = new Assignment(config.topic(), admin::partitions, partitions, share, problem);
    this.committer =
        new TransactionCommitter(partitions, consumer, producer, config.faultPoints(), metrics);
    this.lag = new WorkerLag(consumer, admin, partitions, metrics);
    consumer.subscribe(List.of(config.topic()), assignment);
  }

  /** One turn of the loop; it never waits for a handler. */
  void pollOnce() {
    dispatch(poll());
    rest();
    assignment.announce();
    collectCompleted();
    committer.commit();
    pauseAndResume();
    measure();
    lag.measure();
  }

  /** Takes and starts nothing more; {@link #pollOnce()} goes on for what is running. */
  void stopTaking() {
    taking = false;
    rest();
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
    admin.close();
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
    open.open(polled);
    commitFirst();
    polled
        .nextOffsets()
        .forEach((partition, upTo) -> {
          var state = partitions.get(partition);
          if (state == null) return;
          for (var head : state.take(polled.records(partition), upTo)) start(state, head);
        });
  }

  /** Commits before anything is begun what the group's progress must say by then. */
  private void commitFirst() {
    if (partitions.values().stream().noneMatch(WorkerSession::mustCommitFirst)) return;
    committer.commit();
    if (partitions.values().stream().anyMatch(WorkerSession::mustCommitFirst))
      throw new KafkaException("the progress could not be committed before new records are taken");
  }

  private static boolean mustCommitFirst(PartitionState state) {
    return !state.isResting() && state.mustCommitFirst();
  }

  /**
   * While nothing more is taken, a partition rests when no former owner's work is left in it: so
   * the next owner knows that nothing was in hand.
   */
  private void rest() {
    var closed = !taking || !config.intake().getAsBoolean();
    partitions.forEach((partition, state) ->
        state.rest(closed && !(state.expectsAttempted() && hasMore(partition))));
  }

  private boolean hasMore(TopicPartition partition) {
    return consumer.currentLag(partition).orElse(1) > 0;
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
      if (!taking || (state != null && (isFull(state) || isResting(state)))) full.add(partition);
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

  private static boolean isResting(PartitionState state) {
    return state.isResting() || state.mustCommitFirst();
  }

  private void measure() {
    metrics.measure(partitions.values(), assignment.size());
  }
}
