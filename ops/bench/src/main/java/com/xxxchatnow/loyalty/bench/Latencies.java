package com.xxxchatnow.loyalty.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What was measured in a span of time.
 *
 * @param nanos of each operation, sorted
 * @param failed operations without the wanted answer; not in {@code nanos}
 */
record Latencies(long[] nanos, long failed, Duration span) {

  static Latencies of(List<long[]> parts, long failed, Duration span) {
    var all = parts.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new Latencies(all, failed, span);
  }

  double perSecond() {
    return nanos.length / (span.toNanos() / 1e9);
  }

  /** The latency that this share of the operations did not exceed, in milliseconds. */
  double millis(double share) {
    if (nanos.length == 0) return Double.NaN;
    return nanos[(int) Math.min(nanos.length - 1, Math.floor(share * nanos.length))] / 1e6;
  }
}
