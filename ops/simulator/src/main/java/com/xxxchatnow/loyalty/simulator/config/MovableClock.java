package com.xxxchatnow.loyalty.simulator.config;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** Time that runs by itself and can be moved forward, so that tests need not wait for expiry. */
public final class MovableClock extends Clock {
  private final Clock real = Clock.systemUTC();
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  public void advance(Duration by) {
    if (by.isNegative()) throw new IllegalArgumentException("time moves forward only: " + by);
    ahead.accumulateAndGet(by, Duration::plus);
  }

  /** The time outside: of signatures and call records, which others compare with their own. */
  public Instant outside() {
    return real.instant();
  }

  @Override
  public Instant instant() {
    return real.instant().plus(ahead.get());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("the simulator's clock is in UTC");
  }
}
