package com.xxxchatnow.loyalty.rrr;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a call that RRR cannot stomach from an RRR that is down. A failing answer speaks against
 * the call only when other calls succeeded since its failure before: in an outage nobody succeeds,
 * so nothing is held against anyone, however long it lasts. And it must be alone: where more than
 * one in ten of the other calls stumbles too, it is RRR that is unwell.
 */
final class Poison {
  private static final int ONE_IN = 10;
  private final RrrClientConfig.PoisonRule rule;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong stumbled = new AtomicLong();

  Poison(RrrClientConfig.PoisonRule rule) {
    this.rule = rule;
  }

  /** A call begins. */
  Evidence evidence() {
    return new Evidence();
  }

  /** What is held against one call; used by its thread alone. */
  final class Evidence {
    private boolean failed;
    private int strikes;
    private long doneAtFirst;
    private long stumbledAtFirst;
    private long doneAtLast;
    private long firstAtNanos;

    void succeeded() {
      done.incrementAndGet();
    }

    /** An attempt without an answer: may be anything. */
    void silent() {
      stumble();
    }

    /**
     * An attempt was answered with a failure.
     *
     * @return whether the call is to be refused
     */
    boolean failing(long nowNanos) {
      stumble();
      var doneNow = done.get();
      if (strikes == 0) {
        strikes = 1;
        doneAtFirst = doneNow;
        stumbledAtFirst = stumbled.get();
        firstAtNanos = nowNanos;
      } else if (doneNow > doneAtLast) {
        strikes++;
      }
      doneAtLast = doneNow;
      return strikes >= rule.answers()
          && others() >= rule.others()
          && (stumbled.get() - stumbledAtFirst) * ONE_IN <= others()
          && nowNanos - firstAtNanos >= rule.time().toNanos();
    }

    /** Calls that succeeded since the first failure. */
    long others() {
      return doneAtLast - doneAtFirst;
    }

    int strikes() {
      return strikes;
    }

    private void stumble() {
      if (!failed) stumbled.incrementAndGet();
      failed = true;
    }
  }
}
