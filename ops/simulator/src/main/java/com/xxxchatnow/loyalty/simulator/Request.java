package com.xxxchatnow.loyalty.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;

/** A call as it came in. */
record Request(String method, String path, String rawQuery, Headers headers, byte[] body) {
  private static final int MOST_BYTES = 8 << 20;

  static Request read(HttpExchange exchange) throws IOException {
    var uri = exchange.getRequestURI();
    var body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
    return new Request(
        exchange.getRequestMethod(),
        uri.getPath(),
        uri.getRawQuery(),
        exchange.getRequestHeaders(),
        body);
  }

  String header(String name) {
    return headers.getFirst(name);
  }

  String key() {
    return header("Idempotency-Key");
  }

  boolean tooLarge() {
    return body.length > MOST_BYTES;
  }

  Fields fields() {
    return Fields.of(Json.read(body));
  }

  /** The first value of this name in the query; null without. */
  String query(String name) {
    if (rawQuery == null) return null;
    for (var pair : rawQuery.split("&"))
      if (pair.startsWith(name + "=")) return decoded(name, pair.substring(name.length() + 1));
    return null;
  }

  private static String decoded(String name, String value) {
    try {
      return URLDecoder.decode(value, UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw Refusal.invalid(name, "malformed in the query");
    }
  }

  /** What makes it the same operation when it is sent again. */
  String identity() {
    return method + " " + path + "?" + rawQuery + " " + key();
  }

  boolean contains(String part) {
    return identity().contains(part) || new String(body, UTF_8).contains(part);
  }
}
