package com.xxxchatnow.loyalty.cli.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The wish that a long command ends in good order: SIGTERM, or the operator's Ctrl-C. */
public final class Stop {
  private final CountDownLatch asked = new CountDownLatch(1);

  public void ask() {
    asked.countDown();
  }

  public boolean asked() {
    return asked.getCount() == 0;
  }

  /** Waits; true at once when the wish is there. */
  public boolean within(Duration time) throws InterruptedException {
    return asked.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
