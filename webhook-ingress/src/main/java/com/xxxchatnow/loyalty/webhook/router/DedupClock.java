package com.xxxchatnow.loyalty.webhook.router;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The time by which a task's marks age. It never goes backwards, or the store would drop new marks
 * as expired; and a wall clock that is wrong can move it ahead by one day at most, or the store
 * would drop the old ones. After that day it only passes as fast as time itself. That it may lag
 * behind the wall clock only makes marks live longer.
 *
 * <p>It is kept in the store itself, by the hour, for the next owner of the task.
 */
final class DedupClock {
  /** No event has this key: the others begin with what the event is about and a colon. */
  static final String KEY = "clock";

  static final Duration MAX_JUMP = Duration.ofDays(1);

  private static final byte[] NOTHING = {};
  private static final long NEVER = -1;

  private final WindowStore<String, byte[]> store;
  private final LongSupplier nanos;
  private long time;
  private long kept;
  private long startTime = NEVER;
  private long startNanos;

  DedupClock(WindowStore<String, byte[]> store, LongSupplier nanos) {
    this.store = store;
    this.nanos = nanos;
    this.kept = newest(store);
    this.time = kept;
  }

  /**
   * Moves on to the wall clock's time, as far as it can be believed.
   *
   * @param now milliseconds since 1970
   * @return the time of this task, milliseconds since 1970
   */
  long advance(long now) {
    time = Math.max(time, Math.min(now, limit(now)));
    if (startTime == NEVER) {
      startTime = time;
      startNanos = nanos.getAsLong();
    }
    keep();
    return time;
  }

  private long limit(long now) {
    if (startTime != NEVER)
      return startTime + TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - startNanos);
    return time == NEVER ? now : time + MAX_JUMP.toMillis();
  }

  private void keep() {
    var hour = time - time % TimeUnit.HOURS.toMillis(1);
    if (hour <= kept) return;
    store.put(KEY, NOTHING, hour);
    kept = hour;
  }

  /** In a store of a release without this clock, the time of the newest mark. */
  private static long newest(WindowStore<String, byte[]> store) {
    try (var hours = store.backwardFetch(KEY, 0L, Long.MAX_VALUE)) {
      if (hours.hasNext()) return hours.next().key;
    }
    var newest = NEVER;
    try (var marks = store.all()) {
      while (marks.hasNext()) newest = Math.max(newest, marks.next().key.window().start());
    }
    return newest;
  }
}
