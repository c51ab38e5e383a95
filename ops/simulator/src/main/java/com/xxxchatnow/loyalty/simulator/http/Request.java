package com.xxxchatnow.loyalty.simulator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;

/** A call as it came in. */
public record Request(String method, String path, String rawQuery, Headers headers, byte[] body) {
  private static final int MAX_BYTES = 8 << 20;

  public static Request read(HttpExchange exchange) throws IOException {
    var uri = exchange.getRequestURI();
    var body = exchange.getRequestBody().readNBytes(MAX_BYTES + 1);
    return new Request(
        exchange.getRequestMethod(),
        uri.getPath(),
        uri.getRawQuery(),
        exchange.getRequestHeaders(),
        body);
  }

  public String header(String name) {
    return headers.getFirst(name);
  }

  public String key() {
    return header("Idempotency-Key");
  }

  public boolean tooLarge() {
    return body.length > MAX_BYTES;
  }

  public Fields fields() {
    return Fields.of(Json.read(body));
  }

  /** The first value of this name in the query; null without. */
  public String query(String name) {
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
  public String identity() {
    return method + " " + path + "?" + rawQuery + " " + key();
  }

  public boolean contains(String part) {
    return identity().contains(part) || new String(body, UTF_8).contains(part);
  }
}
