package com.xxxchatnow.loyalty.kit.worker;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes a topic with a side effect outside Kafka, such as a call to RRR: each record is handled
 * at least once and its results are visible exactly once, per key in order, keys in parallel. The
 * module's README says how, and why so.
 */
public final class Worker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

  /** What is done for one record. */
  public interface Handler {
    /**
     * Blocks until the record is definitely decided, however long that takes, and returns the
     * records to be produced for it. Runs on a virtual thread. It may be called again for the same
     * record after a crash or a rebalance ({@link Delivery#maybeAttempted()}), so its side effects
     * must be idempotent. It is interrupted when the partition belongs to somebody else.
     */
    List<ProducerRecord<byte[], byte[]>> handle(Delivery delivery) throws InterruptedException;
  }

  private final WorkerConfig config;
  private final Handler handler;
  private final DoubleConsumer share;
  private final Consumer<Throwable> fatal;
  private final WorkerMetrics metrics;
  private final String clientId;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private volatile WorkerSession session;
  private volatile String problem = "not connected to Kafka yet";

  /**
   * @param share told how much of the topic is assigned to this instance, 0 to 1, at each change
   * @param fatal told of a fault that only an operator can mend; the worker has ended then
   */
  public Worker(
      WorkerConfig config,
      Handler handler,
      DoubleConsumer share,
      MeterRegistry metrics,
      Consumer<Throwable> fatal) {
    this.config = config;
    this.handler = handler;
    this.share = share;
    this.fatal = fatal;
    this.metrics = new WorkerMetrics(metrics, config.topic(), config.group(), Clock.systemUTC());
    this.clientId = config.group() + "-" + UUID.randomUUID();
    this.thread = Thread.ofPlatform().name("worker-" + config.group()).unstarted(this::run);
  }

  public Worker start() {
    thread.start();
    return this;
  }

  /** What keeps it from working; empty when nothing does, for the readiness. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /**
   * Takes nothing more, gives running handlers the configured time, settles what is finished and
   * leaves the group. What is unfinished then is redone by the next owner.
   */
  @Override
  public void close() {
    stopping.countDown();
    var current = session;
    if (current != null) current.wake();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    var pause = FIRST_PAUSE;
    while (running()) {
      try (var opened = open()) {
        session = opened;
        while (running()) opened.pollOnce();
        finish(opened);
      } catch (RuntimeException | Error fault) {
        var ofTheOperator = WorkerFaults.fatal(fault);
        if (ofTheOperator.isPresent()) {
          var named = WorkerFaults.named(ofTheOperator.get(), config.topic());
          problem = named.toString();
          fatal.accept(named);
          return;
        }
        metrics.rebuilt.increment();
        if (!(fault instanceof KafkaException)) log.warn("unexpected", fault);
        report("begins anew after " + fault);
        pause = rested(session != null && session.useful() ? FIRST_PAUSE : pause);
        session = null;
      }
    }
  }

  private WorkerSession open() {
    WorkerClients.checkIdentity(config, clientId);
    var consumer = WorkerClients.consumer(config, clientId);
    var admin = new TopicAdmin(config, clientId);
    try {
      var producer = WorkerClients.producer(config, clientId);
      return new WorkerSession(
          config, handler, share, metrics, fatal, this::report, consumer, producer, admin);
    } catch (RuntimeException failure) {
      consumer.close();
      admin.close();
      throw failure;
    }
  }

  private void finish(WorkerSession last) {
    var deadline = System.nanoTime() + config.stopWithin().toNanos();
    last.stopTaking();
    while (!last.atRest() && System.nanoTime() - deadline < 0) last.pollOnce();
    if (!last.atRest())
      log.warn("{} stops with work unfinished; its next owner redoes it", config.group());
  }

  /** Says what keeps it from working, once; null: nothing. */
  private void report(String newProblem) {
    if (newProblem != null && !newProblem.equals(problem))
      log.warn("{}: {}", config.group(), newProblem);
    problem = newProblem;
  }

  private Duration rested(Duration pause) {
    try {
      if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) return pause;
    } catch (InterruptedException _) {
      stopping.countDown();
    }
    var longer = pause.multipliedBy(2);
    return longer.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : longer;
  }

  private boolean running() {
    return stopping.getCount() > 0;
  }
}
