package com.xxxchatnow.loyalty.redemption.query;

import java.time.Duration;

/**
 * Until when an answer is of use to whoever asked: one for all that is done for a question.
 *
 * @param nanos by {@link System#nanoTime()}
 */
record Deadline(long nanos) {

  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  /** What is left of the time; never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  boolean hasPassed() {
    return nanos - System.nanoTime() <= 0;
  }

  /** The same, but no later than this from now. */
  Deadline within(Duration limit) {
    return limit.compareTo(left()) < 0 ? in(limit) : this;
  }

  /**
   * The end of the next of so many steps that share what is left.
   *
   * @param steps at least 1
   */
  Deadline share(int steps) {
    return in(left().dividedBy(steps));
  }
}
