package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Why;
import com.xxxchatnow.loyalty.redemption.machine.Event;
import com.xxxchatnow.loyalty.redemption.machine.PaymentDoubt;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.TaskId;

/**
 * What an operator sees of the saga: open redemptions of this instance by state with the age of the
 * oldest, transitions, ignored events, dead letters. No id is ever a label.
 *
 * <p>A transaction that is aborted and done again is counted twice; the gauges are not, because a
 * task that comes back counts anew.
 */
public final class SagaMetrics {
  /** The states that wait for something: for RRR, for a payment, or for an operator. */
  static final Set<RedemptionStatus> OPEN =
      Set.of(
          RedemptionStatus.QUOTING,
          RedemptionStatus.QUOTED,
          RedemptionStatus.COMMITTING,
          RedemptionStatus.REVERSING,
          RedemptionStatus.COMMIT_FAILED,
          RedemptionStatus.REVERSE_FAILED);

  /** One task's figures: written by its stream thread, read by whoever scrapes. */
  private static final class Figures {
    final Map<RedemptionStatus, AtomicLong> open = new EnumMap<>(RedemptionStatus.class);
    final Map<RedemptionStatus, Instant> oldest = new ConcurrentHashMap<>();
  }

  private final MeterRegistry metrics;
  private final DistributionSummary redeemed;
  private final Map<TaskId, Figures> tasks = new ConcurrentHashMap<>();
  private volatile Instant now = Instant.EPOCH;

  SagaMetrics(MeterRegistry metrics) {
    this.metrics = metrics;
    redeemed =
        DistributionSummary.builder("loyalty.redemptions.redeemed")
            .description("points of each committed redemption")
            .baseUnit("points")
            .register(metrics);
    // Rates are seen from the first one on: nobody sees a rise from nothing to 1.
    for (var to : RedemptionStatus.values()) transitions(to, null);
    for (var doubt : PaymentDoubt.values()) doubts(doubt);
    for (var status : OPEN) {
      Gauge.builder("loyalty.redemptions.open", () -> open(status))
          .description("redemptions of this instance that wait in this state")
          .tag("status", status.name())
          .register(metrics);
      Gauge.builder("loyalty.redemptions.oldest.seconds", () -> oldestSeconds(status))
          .description("how long the oldest of them has been waiting")
          .tag("status", status.name())
          .register(metrics);
    }
  }

  /** Shows how many redemptions the stores of this instance hold. */
  void storeSize(Supplier<Number> size) {
    Gauge.builder("loyalty.redemptions.stored", size)
        .description("redemptions in this instance's stores, estimated")
        .register(metrics);
  }

  /** A task begins here, its stores restored. */
  void assigned(TaskId task, ReadOnlyRedemptionStore store) {
    var figures = new Figures();
    for (var status : OPEN) figures.open.put(status, new AtomicLong(store.count(status)));
    tasks.put(task, figures);
  }

  void revoked(TaskId task) {
    tasks.remove(task);
  }

  void moved(TaskId task, Redemption before, Redemption next) {
    if (before != null) add(task, before.status(), -1);
    add(task, next.status(), 1);
    transitions(next.status(), next.reason()).increment();
    if (next.status() == RedemptionStatus.COMMITTED
        && (before == null || before.status() != RedemptionStatus.COMMITTED)
        && next.quote() != null) redeemed.record((double) next.quote().points());
  }

  private Counter transitions(RedemptionStatus to, Reason reason) {
    return metrics.counter(
        "loyalty.redemptions.transitions",
        "to",
        to.name(),
        "reason",
        reason == null ? "NONE" : reason.name());
  }

  void doubted(PaymentDoubt doubt) {
    doubts(doubt).increment();
  }

  private Counter doubts(PaymentDoubt doubt) {
    return metrics.counter("loyalty.redemptions.payments.doubted", "doubt", doubt.name());
  }

  void ignored(Event event, Why why) {
    metrics
        .counter(
            "loyalty.redemptions.ignored",
            "event",
            event.getClass().getSimpleName(),
            "why",
            why.name())
        .increment();
  }

  public void deadLettered(String topic, Reason reason) {
    deadLettered(metrics, topic, reason);
  }

  /** For the caller too, which is no part of the topology. */
  public static void deadLettered(MeterRegistry metrics, String topic, Reason reason) {
    metrics
        .counter("loyalty.redemptions.dead.letters", "topic", topic, "reason", reason.name())
        .increment();
  }

  /** Looks up the oldest open redemptions; to be called now and then. */
  void look(TaskId task, ReadOnlyRedemptionStore store, Instant time) {
    var figures = tasks.get(task);
    now = time;
    for (var status : OPEN)
      store
          .oldest(status)
          .ifPresentOrElse(
              since -> figures.oldest.put(status, since), () -> figures.oldest.remove(status));
  }

  private void add(TaskId task, RedemptionStatus status, long delta) {
    var open = tasks.get(task).open.get(status);
    if (open != null) open.addAndGet(delta);
  }

  private long open(RedemptionStatus status) {
    return tasks.values().stream().mapToLong(each -> each.open.get(status).get()).sum();
  }

  private double oldestSeconds(RedemptionStatus status) {
    return tasks.values().stream()
        .map(each -> each.oldest.get(status))
        .filter(since -> since != null)
        .mapToDouble(since -> Math.max(0, now.toEpochMilli() - since.toEpochMilli()) / 1000.0)
        .max()
        .orElse(0);
  }
}
