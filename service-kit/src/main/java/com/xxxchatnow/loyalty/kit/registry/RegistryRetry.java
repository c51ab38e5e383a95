package com.xxxchatnow.loyalty.kit.registry;

import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats what needs the schema registry while that is unavailable, and logs its outage once,
 * however many wait. Whoever needs only what is cached never waits; of those who do, one asks at a
 * time.
 */
public final class RegistryRetry {
  private static final Logger log = LoggerFactory.getLogger(RegistryRetry.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration SAME_OUTAGE = Duration.ofMinutes(1);

  private final AtomicBoolean unavailable = new AtomicBoolean();
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicLong lastNoted = new AtomicLong();

  /**
   * Returns what the serialization returns, as soon as the registry lets it.
   *
   * @throws RuntimeException of the serialization, unless it says that the registry is unavailable
   * @throws InterruptedException while it waits
   */
  public <T> T call(Supplier<T> serialization) throws InterruptedException {
    try {
      return serialization.get();
    } catch (RuntimeException failure) {
      noteOutage(failure);
    }
    while (true) {
      Thread.sleep(PAUSE);
      // Once it is available again, those who still wait need not queue.
      var mine = asking.compareAndSet(false, true);
      if (!mine && unavailable.get()) continue;
      try {
        var got = serialization.get();
        noteAnswer();
        return got;
      } catch (RuntimeException failure) {
        if (!RegistryFaults.isOutage(failure)) noteAnswer();
        noteOutage(failure);
      } finally {
        if (mine) asking.set(false);
      }
    }
  }

  /**
   * For one who can't wait here, such as a stream thread, and tries again himself: logs an outage
   * once. It is another outage when nothing was noted for a minute.
   *
   * @throws RuntimeException the failure itself, unless it says that the registry is unavailable
   */
  public void noteOutage(RuntimeException failure) {
    if (!RegistryFaults.isOutage(failure)) throw failure;
    var now = System.nanoTime();
    var before = lastNoted.getAndSet(now);
    if (!unavailable.getAndSet(true) || now - before > SAME_OUTAGE.toNanos())
      log.warn(
          "The schema registry is unavailable; what needs it waits: {}",
          rootOf(failure).toString());
  }

  /** The registry has answered somebody who waited for it. */
  public void noteAnswer() {
    if (unavailable.getAndSet(false)) log.info("The schema registry is available again");
  }

  /** The exceptions around it name the value's topic and nothing else. */
  private static Throwable rootOf(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) root = root.getCause();
    return root;
  }

  /** Whether somebody waits for it. */
  public boolean isUnavailable() {
    return unavailable.get();
  }
}
