package com.xxxchatnow.loyalty.simulator.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Call;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The answer under each key, of each client at each endpoint, so that a repeated operation gets the
 * same answer and is not done again (docs/rrr-contract.md#idempotency). Only definite results come
 * here: what was applied and what RRR refused.
 */
public final class IdempotencyMemory {
  private record Key(String endpoint, ClientKey key) {}

  private record Memo(byte[] payload, Answer answer, Instant until) {}

  private final SimulatorConfig config;
  private final Clock clock;
  private final Map<Key, Memo> memos = new HashMap<>();

  IdempotencyMemory(SimulatorConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /** The original answer when the key is known, otherwise the operation's, which is remembered. */
  public Answer once(String endpoint, ClientKey key, JsonNode payload, Supplier<Answer> operation) {
    var name = new Key(endpoint, key);
    var digest = sha256(Json.canonical(payload));
    var known = memos.get(name);
    if (known != null && clock.instant().isBefore(known.until())) {
      if (!MessageDigest.isEqual(known.payload(), digest)) throw Refusal.keyReused();
      return known.answer().with(Call.Effect.REPLAYED);
    }
    var answer = answerOf(operation);
    if (answer.status() < 400 || config.remembersRefusals)
      memos.put(name, new Memo(digest, answer, clock.instant().plus(config.idempotencyMemory)));
    return answer;
  }

  static Answer answerOf(Supplier<Answer> operation) {
    try {
      return operation.get();
    } catch (Refusal refusal) {
      return refusal.answer();
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
