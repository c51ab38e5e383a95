package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One call of docs/rrr-contract.md, ready to be sent, and how its answer is read.
 *
 * @param name for metrics and logs
 * @param key the idempotency key of a mutation, or null
 * @param answer what a 2xx promises
 * @param quoteExpiresAt of a commit, else null
 */
record Operation<T>(
    String name,
    String method,
    String path,
    byte[] body,
    String key,
    int maxAnswerBytes,
    ResponseReader<T> answer,
    Instant quoteExpiresAt) {

  /** Reads the body of a 2xx. */
  interface ResponseReader<T> {
    T read(byte[] body) throws Json.Broken;
  }

  /** Reads the JSON of a 2xx. */
  interface JsonReader<T> {
    T read(JsonNode body) throws Json.Broken;
  }

  static <T> Operation<T> get(String name, String path, int maxAnswerBytes, JsonReader<T> answer) {
    return new Operation<>(name, "GET", path, null, null, maxAnswerBytes, json(answer), null);
  }

  static <T> ResponseReader<T> json(JsonReader<T> answer) {
    return body -> answer.read(Json.parse(body));
  }

  /**
   * For calls that docs/rrr-contract.md promises a 2xx and no body for: done by an empty body or
   * any JSON but one that speaks of an error.
   */
  static <T> ResponseReader<T> justDone(T value) {
    return body -> {
      if (body.length > 0 && Json.parse(body).has("error")) throw new Json.Broken("an error");
      return value;
    };
  }

  /**
   * @throws IllegalArgumentException without a key, since a mutation must be safe to repeat
   */
  static <T> Operation<T> post(
      String name,
      String path,
      ObjectNode body,
      String key,
      RrrClientConfig config,
      ResponseReader<T> answer) {
    if (key == null) throw new IllegalArgumentException(name + " needs an idempotency key");
    var formatted = config.keyFormat().format(key);
    return new Operation<>(
        name, "POST", path, Json.bytes(body), formatted, config.maxBody(), answer, null);
  }

  Operation<T> withQuote(Instant expiresAt) {
    return new Operation<>(name, method, path, body, key, maxAnswerBytes, answer, expiresAt);
  }
}
