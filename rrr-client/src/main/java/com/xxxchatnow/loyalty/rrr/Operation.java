package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * One call of the contract, ready to be sent and its answer ready to be read.
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
    int largestAnswer,
    ResponseReader<T> answer,
    Instant quoteExpiresAt) {

  /** Reads the body of a 2xx. */
  interface ResponseReader<T> {
    T read(byte[] body) throws Json.Broken;
  }

  /** Reads the JSON of a 2xx. */
  interface JsonPromise<T> {
    T read(JsonNode body) throws Json.Broken;
  }

  static <T> Operation<T> get(String name, String path, int largestAnswer, JsonPromise<T> answer) {
    return new Operation<>(name, "GET", path, null, null, largestAnswer, json(answer), null);
  }

  static <T> ResponseReader<T> json(JsonPromise<T> answer) {
    return body -> answer.read(Json.parse(body));
  }

  /** For calls of which the contract promises a 2xx and no body: empty, or any JSON. */
  static <T> ResponseReader<T> justDone(T value) {
    return body -> {
      if (body.length > 0) Json.parse(body);
      return value;
    };
  }

  Operation<T> withQuote(Instant expiresAt) {
    return new Operation<>(name, method, path, body, key, largestAnswer, answer, expiresAt);
  }
}
