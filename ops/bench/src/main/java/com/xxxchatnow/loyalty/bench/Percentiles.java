package com.xxxchatnow.loyalty.bench;

import java.util.Arrays;
import java.util.Collection;

/** Percentiles of measured times, in milliseconds. */
record Percentiles(int count, double p50, double p90, double p99, double max) {

  static Percentiles of(Collection<Double> millis) {
    var sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Percentiles(
        sorted.length, at(sorted, 0.50), at(sorted, 0.90), at(sorted, 0.99), at(sorted, 1));
  }

  @Override
  public String toString() {
    return "p50 %7.1f   p90 %7.1f   p99 %7.1f   max %7.1f ms".formatted(p50, p90, p99, max);
  }

  // The nearest rank.
  private static double at(double[] sorted, double share) {
    if (sorted.length == 0) return Double.NaN;
    var rank = (int) Math.ceil(share * sorted.length);
    return Arrays.copyOf(sorted, Math.max(1, rank))[Math.max(1, rank) - 1];
  }
}
