package com.xxxchatnow.loyalty.simulator.faults;

import java.time.Duration;

/**
 * A fault and the calls it strikes.
 *
 * @param endpoint a path, where {@code *} stands for anything
 * @param match strikes only calls whose path with query, Idempotency-Key or body contains this;
 *     null = all
 * @param user strikes only calls that name this user; null = all
 * @param users strikes only calls that name one of this share (0..1) of the users; decided by seed
 *     and user alone, so it is the same users at every endpoint
 * @param share of the calls, 0..1; decided by seed, key and number of the attempt, so the same
 *     attempt meets the same fault in every run
 * @param next how many calls at most; 0 = no end
 * @param after how long after it was set it begins
 * @param lasting how long it stays from then on; null = until cleared
 */
public record FaultRule(
    Fault fault,
    String endpoint,
    String match,
    String user,
    double users,
    double share,
    int next,
    Duration after,
    Duration lasting) {

  public FaultRule {
    share("share", share);
    share("users", users);
    if (next < 0) throw new IllegalArgumentException("next: 0 or more, not " + next);
  }

  /** Every call to {@code /v1}; an outage also strikes the token endpoint. */
  public static FaultRule of(Fault fault) {
    var everything = fault instanceof Fault.Outage ? "*" : "/v1/*";
    return new FaultRule(fault, everything, null, null, 1, 1, 0, Duration.ZERO, null);
  }

  public FaultRule on(String path) {
    return new FaultRule(fault, path, match, user, users, share, next, after, lasting);
  }

  public FaultRule matching(String part) {
    return new FaultRule(fault, endpoint, part, user, users, share, next, after, lasting);
  }

  /** One user's outage. A call that names no user (a reverse, a wallet) is not struck. */
  public FaultRule ofUser(String userId) {
    return new FaultRule(fault, endpoint, match, userId, users, share, next, after, lasting);
  }

  /** An outage for a share of the users. A call that names no user is not struck. */
  public FaultRule ofUsers(double ofUsers) {
    return new FaultRule(fault, endpoint, match, user, ofUsers, share, next, after, lasting);
  }

  public FaultRule share(double ofCalls) {
    return new FaultRule(fault, endpoint, match, user, users, ofCalls, next, after, lasting);
  }

  public FaultRule next(int calls) {
    return new FaultRule(fault, endpoint, match, user, users, share, calls, after, lasting);
  }

  public FaultRule after(Duration pause) {
    return new FaultRule(fault, endpoint, match, user, users, share, next, pause, lasting);
  }

  public FaultRule lasting(Duration window) {
    return new FaultRule(fault, endpoint, match, user, users, share, next, after, window);
  }

  private static void share(String name, double value) {
    if (!(value >= 0 && value <= 1))
      throw new IllegalArgumentException(name + ": 0..1, not " + value);
  }
}
