package com.xxxchatnow.loyalty.rrr;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resilience4j's circuit breaker as a gate for one operation: while RRR does not do it callers wait
 * in front of the gate instead of failing, one of them goes through as the probe, and all go on
 * when RRR does it again. An outage is logged twice, when it begins and when it ends.
 *
 * <p>An attempt that began before the state changed proves nothing about the state after: its
 * result is not reported, so that a straggler neither ends an outage nor begins another one.
 */
final class Circuit {
  private static final Logger log = LoggerFactory.getLogger(Circuit.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final CircuitBreaker breaker;
  private final String operation;
  private final Duration openFor;
  private final Runnable outageBegins;
  private long epoch;
  private long openUntil;
  private long recoveries;
  private long downSince;
  private String lastFailure = "";
  private String outage;

  /** The right to make one attempt, given in one state of the circuit. */
  record Permit(long epoch, long sinceNanos) {}

  Circuit(String operation, RrrClientConfig.CircuitRule rule, Runnable outageBegins) {
    this.operation = operation;
    this.outageBegins = outageBegins;
    breaker =
        CircuitBreaker.of(
            operation,
            CircuitBreakerConfig.custom()
                .slidingWindow(rule.window(), rule.atLeast(), SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(rule.failurePercent())
                .waitDurationInOpenState(rule.openFor())
                .clock(new MonotonicClock())
                .permittedNumberOfCallsInHalfOpenState(1)
                .recordResult(Boolean.FALSE::equals)
                .build());
    openFor = rule.openFor();
    breaker.getEventPublisher().onStateTransition(event -> moved(event.getStateTransition()));
  }

  /** Waits while RRR is down; empty when the deadline passed meanwhile. */
  Optional<Permit> enter(Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!deadline.passed()) {
        if (breaker.tryAcquirePermission())
          return Optional.of(new Permit(epoch, System.nanoTime()));
        changed.await(Math.min(deadline.left(), untilProbe()), TimeUnit.NANOSECONDS);
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the state the permit was given in still stands. */
  boolean stands(Permit permit) {
    lock.lock();
    try {
      return permit.epoch() == epoch;
    } finally {
      lock.unlock();
    }
  }

  void succeeded(Permit permit) {
    report(permit, () -> result(permit, true));
  }

  /** Failed, {@code how} without ids. */
  void failed(Permit permit, String how) {
    report(
        permit,
        () -> {
          lastFailure = how;
          result(permit, false);
        });
  }

  /** The attempt proved nothing about RRR; another call may probe. */
  void unused(Permit permit) {
    report(
        permit,
        () -> {
          breaker.releasePermission();
          if (breaker.getState() == State.HALF_OPEN) changed.signalAll();
        });
  }

  /** Waits between two attempts of a call; an outage that ends meanwhile ends the wait. */
  void rest(Duration pause, Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      var seen = recoveries;
      var left = deadline.left(pause);
      while (left > 0 && seen == recoveries) left = changed.awaitNanos(left);
    } finally {
      lock.unlock();
    }
  }

  /** Why RRR counts as down, or empty. */
  Optional<String> outage() {
    lock.lock();
    try {
      return Optional.ofNullable(outage);
    } finally {
      lock.unlock();
    }
  }

  /** 0 closed, 1 half open, 2 open. */
  int state() {
    return switch (breaker.getState()) {
      case State.OPEN, State.FORCED_OPEN -> 2;
      case State.HALF_OPEN -> 1;
      case State.CLOSED, State.DISABLED, State.METRICS_ONLY -> 0;
    };
  }

  /** Nanoseconds until somebody may probe; while one probes, until that is decided. */
  private long untilProbe() {
    if (breaker.getState() != State.OPEN) return Long.MAX_VALUE;
    return Math.max(TimeUnit.MILLISECONDS.toNanos(1), openUntil - System.nanoTime());
  }

  private void report(Permit permit, Runnable what) {
    lock.lock();
    try {
      if (permit.epoch() == epoch) what.run();
    } finally {
      lock.unlock();
    }
  }

  private void result(Permit permit, boolean success) {
    var took = System.nanoTime() - permit.sinceNanos();
    breaker.onResult(took, TimeUnit.NANOSECONDS, success);
  }

  /** Under the lock, like every call of the breaker that can move it. */
  private void moved(StateTransition transition) {
    epoch++;
    if (transition.getToState() == State.OPEN) openUntil = System.nanoTime() + openFor.toNanos();
    if (transition.getToState() == State.CLOSED) recovered();
    else if (transition.getFromState() == State.CLOSED) broke();
    changed.signalAll();
  }

  private void broke() {
    outage = lastFailure;
    downSince = System.nanoTime();
    outageBegins.run();
    log.warn(
        "RRR is down ({}) for {}: its calls wait, nothing is lost, one probe at a time",
        outage,
        operation);
  }

  private void recovered() {
    recoveries++;
    outage = null;
    var seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - downSince);
    log.info(
        "RRR answers again after {} s for {}: the backlog drains at the rate limit",
        seconds,
        operation);
  }

  /** A monotonic clock: an outage must not last longer because somebody sets the clock back. */
  private static final class MonotonicClock extends Clock {
    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(System.nanoTime());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
