package com.xxxchatnow.loyalty.simulator.http;

import java.time.Instant;

/**
 * One call the simulator saw, as it was answered.
 *
 * @param at its arrival, by the time outside
 * @param micros from arrival to answer
 * @param key the Idempotency-Key, null without
 * @param trace the X-Request-Trace, null without
 * @param status 0 = the connection was closed without an answer
 * @param fault the kind of the fault that struck it, null = none
 */
public record Call(
    long number,
    Instant at,
    long micros,
    String method,
    String path,
    String key,
    String trace,
    int status,
    Effect effect,
    String fault) {

  /** What a call did to the ledger. */
  public enum Effect {
    NONE,
    APPLIED,
    REPLAYED
  }

  public boolean applied() {
    return effect == Effect.APPLIED;
  }
}
