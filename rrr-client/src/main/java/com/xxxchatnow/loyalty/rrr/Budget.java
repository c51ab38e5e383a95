package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.Priority;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * This instance's part of RRR's rate limit (100/s, burst 200 per client;
 * docs/rrr-contract.md#rate-limit), which every attempt pays from. First come, first served; {@link
 * Priority#HIGH} before {@link Priority#NORMAL}. Thread-safe.
 */
public final class Budget {
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Condition> high = new ArrayDeque<>();
  private final Deque<Condition> normal = new ArrayDeque<>();
  private final LongSupplier nanoTime;
  private final TokenBucket bucket;

  /**
   * The whole budget with a full burst; an instance of several begins with {@link #share share(0)}
   * and raises it once it knows its part. For 97 % of the rate its part of the burst should be 5 or
   * more: what a late waker misses is made up from there.
   */
  public Budget(double rps, int burst) {
    this(rps, burst, System::nanoTime);
  }

  Budget(double rps, int burst, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.bucket = new TokenBucket(rps, burst, nanoTime.getAsLong());
  }

  /**
   * This instance's part of the fleet's budget, 0 (nothing is sent) to 1; takes effect at once, on
   * those waiting too.
   */
  public void share(double part) {
    change(() -> bucket.share(part, nanoTime.getAsLong()));
  }

  /**
   * RRR answered 429: nothing is sent until {@code retryAfter} (or null) has passed, then half as
   * much as before, recovering by a tenth of the full rate each second. Several 429 of one wave
   * halve once.
   */
  public void throttled(Duration retryAfter) {
    var pause = retryAfter == null || retryAfter.isNegative() ? 0 : retryAfter.toNanos();
    change(() -> bucket.throttled(pause, nanoTime.getAsLong()));
  }

  /** Permits per second just now. */
  public double rate() {
    lock.lock();
    try {
      bucket.untilNext(nanoTime.getAsLong());
      return bucket.rate();
    } finally {
      lock.unlock();
    }
  }

  /** Calls waiting for a permit. */
  public int waiting() {
    lock.lock();
    try {
      return high.size() + normal.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a permit, however long. */
  public void acquire(Priority priority) throws InterruptedException {
    acquire(priority, Long.MAX_VALUE);
  }

  /** Waits for a permit; false when none came within {@code nanos}. */
  boolean acquire(Priority priority, long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      var mine = lock.newCondition();
      var queue = priority == Priority.HIGH ? high : normal;
      queue.addLast(mine);
      try {
        return await(mine, nanos);
      } finally {
        queue.remove(mine);
        wakeFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("ReferenceEquality") // which of the conditions, not what it is equal to
  private boolean await(Condition mine, long nanos) throws InterruptedException {
    var start = nanoTime.getAsLong();
    while (true) {
      var now = nanoTime.getAsLong();
      var left = nanos == Long.MAX_VALUE ? nanos : nanos - (now - start);
      if (left <= 0) return false;
      if (first() != mine) mine.await(left, TimeUnit.NANOSECONDS);
      else if (bucket.take(now)) return true;
      else mine.await(Math.min(left, bucket.untilNext(now)), TimeUnit.NANOSECONDS);
    }
  }

  private Condition first() {
    return high.isEmpty() ? normal.peekFirst() : high.peekFirst();
  }

  private void wakeFirst() {
    var first = first();
    if (first != null) first.signal();
  }

  private void change(Runnable how) {
    lock.lock();
    try {
      how.run();
      wakeFirst();
    } finally {
      lock.unlock();
    }
  }
}
