package com.xxxchatnow.loyalty.redemption.stream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * One timer a task, for its earliest deadline; what ends before its deadline leaves it set. What
 * came in time while nobody ran, such as a payment, is read before its deadline counts.
 */
final class DeadlineTimer {
  /** Deadlines closer together than this are handled together. */
  private static final Duration MIN_WAIT = Duration.ofMillis(10);

  /** Kafka Streams keeps a cancelled timer till its time, which for a retention is a month. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  /** With nothing older than the start read for so long, all that lay there has been read. */
  private static final Duration CATCHING_UP = Duration.ofSeconds(2);

  /** A publisher whose clock is slow must not keep deadlines waiting for longer. */
  private static final Duration MAX_CATCHING_UP = Duration.ofMinutes(1);

  private final ProcessorContext<?, ?> context;
  private final Clock clock;
  private final Supplier<Optional<Instant>> earliest;
  private final Runnable passed;
  private final Instant started;
  private Instant caughtUp;
  private Cancellable timer;
  private Instant timerAt = Instant.MAX;

  /**
   * Begins to wait.
   *
   * @param earliest the earliest deadline, or empty
   * @param passed run on the stream thread when deadlines may have passed
   */
  DeadlineTimer(
      ProcessorContext<?, ?> context,
      Clock clock,
      Supplier<Optional<Instant>> earliest,
      Runnable passed) {
    this.context = context;
    this.clock = clock;
    this.earliest = earliest;
    this.passed = passed;
    started = clock.instant();
    caughtUp = started.plus(CATCHING_UP);
    earliest.get().ifPresent(this::set);
  }

  /**
   * A record is read.
   *
   * @param timestamp the record's, milliseconds since 1970
   */
  void read(long timestamp) {
    if (timestamp >= started.toEpochMilli()) return;
    var now = clock.instant();
    if (now.isBefore(started.plus(MAX_CATCHING_UP))) caughtUp = now.plus(CATCHING_UP);
  }

  /** There is this deadline. */
  void set(Instant deadline) {
    var now = clock.instant();
    var wait = Duration.between(now, deadline);
    if (wait.compareTo(MIN_WAIT) < 0) wait = MIN_WAIT;
    if (wait.compareTo(MAX_WAIT) > 0) wait = MAX_WAIT;
    if (!now.plus(wait).isBefore(timerAt)) return;
    if (timer != null) timer.cancel();
    timerAt = now.plus(wait);
    timer = context.schedule(wait, PunctuationType.WALL_CLOCK_TIME, _ -> due());
  }

  private void due() {
    var catchingUp = clock.instant().isBefore(caughtUp);
    if (!catchingUp) passed.run();
    timer.cancel();
    timerAt = Instant.MAX;
    if (catchingUp) set(caughtUp);
    else earliest.get().ifPresent(this::set);
  }
}
