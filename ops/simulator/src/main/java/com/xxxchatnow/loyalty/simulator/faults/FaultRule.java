package com.xxxchatnow.loyalty.simulator.faults;

import java.time.Duration;

/**
 * A fault and the calls it strikes.
 *
 * @param endpoint a path, where {@code *} stands for anything
 * @param match strikes only calls whose path with query, Idempotency-Key or body contains this;
 *     null = all
 * @param share of the calls, 0..1; decided by seed, key and number of the attempt, so the same
 *     attempt meets the same fate in every run
 * @param next how many calls at most; 0 = no end
 * @param after how long after it was set it begins
 * @param lasting how long it stays from then on; null = until cleared
 */
public record FaultRule(
    Fault fault,
    String endpoint,
    String match,
    double share,
    int next,
    Duration after,
    Duration lasting) {

  public FaultRule {
    if (!(share >= 0 && share <= 1))
      throw new IllegalArgumentException("share: 0..1, not " + share);
    if (next < 0) throw new IllegalArgumentException("next: 0 or more, not " + next);
  }

  /** Every call to {@code /v1}; an outage also strikes the token endpoint. */
  public static FaultRule of(Fault fault) {
    var everything = fault instanceof Fault.Outage ? "*" : "/v1/*";
    return new FaultRule(fault, everything, null, 1, 0, Duration.ZERO, null);
  }

  public FaultRule on(String path) {
    return new FaultRule(fault, path, match, share, next, after, lasting);
  }

  public FaultRule matching(String part) {
    return new FaultRule(fault, endpoint, part, share, next, after, lasting);
  }

  public FaultRule share(double ofCalls) {
    return new FaultRule(fault, endpoint, match, ofCalls, next, after, lasting);
  }

  public FaultRule next(int calls) {
    return new FaultRule(fault, endpoint, match, share, calls, after, lasting);
  }

  public FaultRule after(Duration pause) {
    return new FaultRule(fault, endpoint, match, share, next, pause, lasting);
  }

  public FaultRule lasting(Duration window) {
    return new FaultRule(fault, endpoint, match, share, next, after, window);
  }
}
