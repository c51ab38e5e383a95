package com.xxxchatnow.loyalty.rrr;

import java.util.concurrent.TimeUnit;

/**
 * The arithmetic of a rate limit, free of threads and clocks: over any span of T seconds it gives
 * at most {@code rate × T + burst} permits, whatever is changed meanwhile, because tokens only come
 * with time and are cut whenever the burst shrinks. After a throttle the rate is halved (at most
 * once a step) and grows back by a tenth of the full rate each second.
 *
 * <p>Times are nanoseconds of one monotonic source. Not thread-safe.
 */
final class TokenBucket {
  static final long STEP = TimeUnit.SECONDS.toNanos(1);
  private static final double SECOND = 1e9;
  private static final double FLOOR = 0.05;
  private static final double GROWTH = 0.1;

  private final double fullRate;
  private final double fullBurst;
  private double share = 1;
  private double throttleFactor = 1;
  private double tokens;
  private long filledAt;
  private long nextStep;
  private long waveUntil;
  private long pausedUntil;

  TokenBucket(double rps, int burst, long now) {
    if (!(rps > 0) || Double.isInfinite(rps) || burst < 1)
      throw new IllegalArgumentException("a budget needs a rate above 0 and a burst of at least 1");
    fullRate = rps;
    fullBurst = burst;
    tokens = burst;
    filledAt = now;
    pausedUntil = now;
    nextStep = now;
  }

  /** Permits per second just now. */
  double rate() {
    return fullRate * share * throttleFactor;
  }

  boolean take(long now) {
    fill(now);
    if (now - pausedUntil < 0 || share == 0 || tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  /** Nanoseconds until a permit may be there; ask again then. */
  long untilNext(long now) {
    fill(now);
    if (share == 0) return Long.MAX_VALUE;
    var paused = Math.max(0, pausedUntil - now);
    var missing = Math.max(0, 1 - tokens);
    var filling = (long) Math.ceil(missing / rate() * SECOND);
    return Math.max(1, Math.max(paused, throttleFactor < 1 ? Math.min(filling, STEP) : filling));
  }

  /** This instance's part of the whole, 0 to 1. */
  void share(double part, long now) {
    if (!(part >= 0 && part <= 1)) throw new IllegalArgumentException("a share is 0 to 1");
    fill(now);
    share = part;
    tokens = Math.min(tokens, capacity());
  }

  /** RRR answered 429: no permit for {@code pause} nanoseconds, afterwards half the rate. */
  void throttled(long pause, long now) {
    fill(now);
    if (pausedUntil - now < pause) pausedUntil = now + pause;
    tokens = 0;
    if (throttleFactor == 1 || now - waveUntil >= 0) {
      throttleFactor = Math.max(FLOOR, throttleFactor / 2);
      waveUntil = Math.max(0, pausedUntil - now) + now + STEP;
    }
    nextStep = Math.max(0, pausedUntil - now) + now + STEP;
  }

  /** Never more than the burst, yet one, or no permit could ever be given. */
  private double capacity() {
    return Math.max(1, fullBurst * share);
  }

  private void fill(long now) {
    while (throttleFactor < 1 && now - nextStep >= 0) {
      accrue(nextStep);
      throttleFactor = throttleFactor + GROWTH > 0.999 ? 1 : throttleFactor + GROWTH;
      nextStep += STEP;
    }
    accrue(now);
  }

  private void accrue(long until) {
    var from = Math.max(filledAt - pausedUntil, 0) + pausedUntil;
    if (until - from > 0) tokens = Math.min(capacity(), tokens + (until - from) / SECOND * rate());
    if (until - filledAt > 0) filledAt = until;
  }
}
