package com.xxxchatnow.loyalty.rrr;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts answers that RRR does not give, and logs each kind of them once an hour. They are repeated
 * and lose nothing, but somebody has to see that a gateway answers in RRR's place, or that RRR's
 * errors no longer look as agreed.
 */
final class UnrecognizedAnswers {
  private static final Logger log = LoggerFactory.getLogger(RrrClient.class);
  private static final long QUIET_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final int MAX_KINDS = 1_000;

  /** What an alert watches begins at 0, because a rise from nothing to 1 is not seen. */
  private static final List<String> ANSWERS = List.of("2xx", "3xx", "4xx");

  private final MeterRegistry metrics;
  private final LongSupplier nanoTime;
  private final Map<String, Long> loggedAt = new ConcurrentHashMap<>();

  UnrecognizedAnswers(MeterRegistry metrics, List<String> operations, LongSupplier nanoTime) {
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    for (var operation : operations) for (var answer : ANSWERS) counter(operation, answer);
  }

  /**
   * @param how status and content type, without ids
   */
  void saw(String operation, int status, String how) {
    counter(operation, status / 100 + "xx").increment();
    if (firstInAWhile(operation + " " + how))
      log.warn(
          "{} {}: not an answer of RRR. It is repeated and nothing is lost; check what answers at"
              + " RRR_API_BASE_URL and whether RRR changed its errors",
          operation,
          how);
  }

  private boolean firstInAWhile(String kind) {
    var now = nanoTime.getAsLong();
    if (loggedAt.size() >= MAX_KINDS) loggedAt.values().removeIf(at -> now - at >= QUIET_NANOS);
    if (loggedAt.size() >= MAX_KINDS && !loggedAt.containsKey(kind)) return false;
    return loggedAt.merge(kind, now, (at, _) -> now - at >= QUIET_NANOS ? now : at) == now;
  }

  private Counter counter(String operation, String answer) {
    return metrics.counter(
        "rrr.client.unrecognized.answers", "operation", operation, "answer", answer);
  }
}
