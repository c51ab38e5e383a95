package com.xxxchatnow.loyalty.rrr;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a call that RRR can't process from an RRR that is down, for one operation: the success of a
 * link status proves nothing about an earn. A poisonous call is one that fails <em>alone</em>:
 *
 * <ul>
 *   <li>A failing answer speaks against the call only when other calls of the operation succeeded
 *       since the one before. In an outage nobody succeeds, however long it lasts.
 *   <li>Where other calls keep failing too, it is an outage for some of the users. Each such call,
 *       and each that was refused for this within the hour, makes four times as many successes
 *       necessary, so that a second poisonous call is still found, and the tenth user of a broken
 *       shard is not.
 *   <li>Where more than one attempt in ten fails at random, RRR is unwell. By chance alone, at one
 *       failure in ten, a sound call would look poisonous once in 10^8.
 * </ul>
 */
final class PoisonCallDetector {
  /** Failed attempts from which on a call keeps failing, and is no accident. */
  private static final int KEEPS_FAILING = 3;

  private static final int ONE_IN = 10;

  /** Each other call that keeps failing doubles the necessary successes this often. */
  private static final int DOUBLINGS = 2;

  private static final int MAX_DOUBLINGS = 31;

  /** How many of its last answers a call looks back at, for others that kept failing then. */
  private static final int LOOKS_BACK = 8;

  private static final long REMEMBERED_NANOS = TimeUnit.HOURS.toNanos(1);

  private final RrrClientConfig.PoisonRule rule;
  private final AtomicLong successes = new AtomicLong();
  private final AtomicLong accidents = new AtomicLong();
  private final AtomicInteger keepFailing = new AtomicInteger();
  private final Queue<Long> refusedAtNanos = new ConcurrentLinkedQueue<>();

  PoisonCallDetector(RrrClientConfig.PoisonRule rule) {
    this.rule = rule;
  }

  /** A call begins; to be closed when it ends, whatever its end is. */
  Evidence evidence() {
    return new Evidence();
  }

  /** What speaks against one call; used by its thread alone. */
  final class Evidence implements AutoCloseable {
    private final Deque<Integer> company = new ArrayDeque<>();
    private int failedAttempts;
    private int strikes;
    private long successesAtFirst;
    private long successesAtLast;
    private long accidentsAtFirst;
    private int ownAccidents;
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
      lookAround(nowNanos);
      var refused =
          strikes >= rule.answers()
              && others() >= necessary()
              && othersAccidents() * ONE_IN <= others()
              && nowNanos - firstAtNanos >= rule.time().toNanos();
      if (refused) refusedAtNanos.add(nowNanos);
      return refused;
    }

    /** Calls of the operation that succeeded since the first failure. */
    long others() {
      return successesAtLast - successesAtFirst;
    }

    int strikes() {
      return strikes;
    }

    private void begin(long soFar, long nowNanos) {
      strikes = 1;
      successesAtFirst = soFar;
      accidentsAtFirst = accidents.get() - ownAccidents;
      firstAtNanos = nowNanos;
    }

    private void lookAround(long nowNanos) {
      refusedAtNanos.removeIf(at -> nowNanos - at >= REMEMBERED_NANOS);
      var myself = failedAttempts >= KEEPS_FAILING ? 1 : 0;
      company.addLast(keepFailing.get() - myself + refusedAtNanos.size());
      if (company.size() > LOOKS_BACK) company.removeFirst();
    }

    private long necessary() {
      var doublings = Math.min(MAX_DOUBLINGS, DOUBLINGS * Collections.max(company));
      return (long) rule.others() << doublings;
    }

    private long othersAccidents() {
      return accidents.get() - accidentsAtFirst - ownAccidents;
    }

    /** A call that keeps failing counts as such and as no further accident. */
    private void count() {
      failedAttempts++;
      if (failedAttempts == KEEPS_FAILING) keepFailing.incrementAndGet();
      if (failedAttempts > KEEPS_FAILING) return;
      accidents.incrementAndGet();
      ownAccidents++;
    }

    /** The call has ended: it fails no longer. */
    @Override
    public void close() {
      if (failedAttempts >= KEEPS_FAILING) keepFailing.decrementAndGet();
    }
  }
}
