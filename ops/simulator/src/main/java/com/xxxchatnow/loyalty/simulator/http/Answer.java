package com.xxxchatnow.loyalty.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * The simulator's answer, and what the call did to its ledger.
 *
 * @param retryAfter null = no such header
 */
public record Answer(int status, JsonNode body, Duration retryAfter, Call.Effect effect) {
  public static Answer of(int status, JsonNode body) {
    return new Answer(status, body, null, Call.Effect.NONE);
  }

  public static Answer ok(JsonNode body) {
    return of(200, body);
  }

  public static Answer applied(JsonNode body) {
    return ok(body).with(Call.Effect.APPLIED);
  }

  public Answer with(Call.Effect other) {
    return new Answer(status, body, retryAfter, other);
  }

  public Answer retryAfter(Duration pause) {
    return new Answer(status, body, pause, effect);
  }
}
