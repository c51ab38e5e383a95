package com.xxxchatnow.loyalty.simulator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.HashSet;
import java.util.Set;

/** A call as it came in. */
public record Request(String method, String path, String rawQuery, Headers headers, byte[] body) {
  private static final int MAX_BYTES = 8 << 20;
  private static final String USER = "client_user_id";

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
    for (var pair : rawQuery.split("&", -1))
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

  /** The users it names, in its query, its body or the items of its batch; maybe none. */
  public Set<String> users() {
    var users = new HashSet<String>();
    if (query(USER) != null) users.add(query(USER));
    try {
      var json = Json.read(body);
      if (json.path(USER).isTextual()) users.add(json.get(USER).textValue());
      for (var item : json.path("items"))
        if (item.path(USER).isTextual()) users.add(item.get(USER).textValue());
    } catch (Refusal notJson) {
      return users;
    }
    return users;
  }

  /** What makes it the same operation when it is sent again. */
  public String identity() {
    return method + " " + path + "?" + rawQuery + " " + key();
  }

  public boolean contains(String part) {
    return identity().contains(part) || new String(body, UTF_8).contains(part);
  }
}
