package com.xxxchatnow.loyalty.rrr;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a call that RRR cannot stomach from an RRR that is down. A failing answer speaks against
 * the call only when other calls succeeded since the one before: in an outage nobody succeeds, so
 * nothing is held against anyone, however long it lasts. And the call must be alone: while the
 * others fail more than once in ten successes, it is RRR that is unwell. (A call that is suspect
 * itself does not excuse another one, or two such calls would keep each other alive.)
 *
 * <p>By chance alone, at one failure in ten, a sound call would look like this once in 10^8.
 */
final class PoisonCallDetector {
  private static final int ONE_IN = 10;
  private final RrrClientConfig.PoisonRule rule;
  private final AtomicLong successes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  PoisonCallDetector(RrrClientConfig.PoisonRule rule) {
    this.rule = rule;
  }

  /** A call begins. */
  Evidence evidence() {
    return new Evidence();
  }

  /** What is held against one call; used by its thread alone. */
  final class Evidence {
    private int strikes;
    private long successesAtFirst;
    private long successesAtLast;
    private long failuresAtFirst;
    private long ownFailures;
    private long firstAtNanos;

    void succeeded() {
      successes.incrementAndGet();
    }

    /** An attempt without an answer: it may have been anything. */
    void silent() {
      count();
    }

    /**
     * An attempt was answered with a failure.
     *
     * @return whether the call is to be refused
     */
    boolean failing(long nowNanos) {
      count();
      var soFar = successes.get();
      if (strikes == 0) begin(soFar, nowNanos);
      else if (soFar > successesAtLast) strikes++;
      successesAtLast = soFar;
      return suspect()
          && others() >= rule.others()
          && othersFailures() * ONE_IN <= others()
          && nowNanos - firstAtNanos >= rule.time().toNanos();
    }

    /** Calls that succeeded since the first failure. */
    long others() {
      return successesAtLast - successesAtFirst;
    }

    int strikes() {
      return strikes;
    }

    private void begin(long soFar, long nowNanos) {
      strikes = 1;
      successesAtFirst = soFar;
      failuresAtFirst = failures.get();
      ownFailures = 0;
      firstAtNanos = nowNanos;
    }

    private long othersFailures() {
      return failures.get() - failuresAtFirst - ownFailures;
    }

    private boolean suspect() {
      return strikes >= rule.answers();
    }

    private void count() {
      if (suspect()) return;
      failures.incrementAndGet();
      ownFailures++;
    }
  }
}
