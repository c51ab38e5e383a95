package com.xxxchatnow.loyalty.rrr;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** When a call has to end, measured by a monotonic clock. */
record Deadline(boolean none, long atNanos) {
  private static final Duration MAX_LEFT = Duration.ofDays(365);

  static Deadline of(Instant deadline, Clock clock) {
    if (deadline == null) return new Deadline(true, 0);
    var left = Duration.between(clock.instant(), deadline);
    return new Deadline(
        false, System.nanoTime() + (left.compareTo(MAX_LEFT) > 0 ? MAX_LEFT : left).toNanos());
  }

  /** Nanoseconds left, 0 when it passed. */
  long left() {
    return none ? Long.MAX_VALUE : Math.max(0, atNanos - System.nanoTime());
  }

  boolean passed() {
    return left() == 0;
  }

  /** The shorter of this and a time limit, in nanoseconds. */
  long left(Duration limit) {
    return Math.min(left(), TimeUnit.NANOSECONDS.convert(limit));
  }
}
