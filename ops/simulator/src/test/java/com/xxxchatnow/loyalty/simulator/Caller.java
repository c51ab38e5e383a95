package com.xxxchatnow.loyalty.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A well-behaved client of RRR: all headers, a token fetched once; a test spoils what it needs. */
final class Caller implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();

  /** {@code body}: missing node when the answer was not JSON. */
  record Got(int status, JsonNode body, HttpResponse<String> raw) {
    String code() {
      return body.at("/error/code").asText();
    }

    String detail(String name) {
      return body.at("/error/details/" + name).asText();
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private Duration timeout = Duration.ofSeconds(20);

  Caller(Simulator simulator) {
    base = simulator.baseUri();
    headers.put("X-Client-Id", "xcn");
    headers.put("X-Request-Trace", UUID.randomUUID().toString());
    headers.put("Content-Type", "application/json");
    headers.put("Authorization", "Bearer " + token().body().path("access_token").asText());
  }

  Caller with(String header, String value) {
    if (value == null) headers.remove(header);
    else headers.put(header, value);
    return this;
  }

  /** From now on without an answer after this time. */
  Caller impatient(Duration limit) {
    timeout = limit;
    return this;
  }

  Got token() {
    return token("client_credentials", "xcn", "simulator-secret");
  }

  Got token(String grant, String id, String secret) {
    var body = Map.of("grant_type", grant, "client_id", id, "client_secret", secret);
    return send(request("/oauth/token", body));
  }

  Got get(String path) {
    return send(request(path).GET());
  }

  Got post(String path, String key, Object body) {
    var request = request(path, body);
    if (key != null) request.header("Idempotency-Key", key);
    return send(request);
  }

  Got admin(String method, String path, Object body) {
    return send(request(path).method(method, publisher(body)));
  }

  Got earn(String key, Object body) {
    return post("/v1/points/earn", key, body);
  }

  Got quote(String user, long total, Map<String, ?> requested) {
    return post(
        "/v1/redemptions/quote",
        "quote_" + UUID.randomUUID(),
        Map.of(
            "client_user_id",
            user,
            "rrr_member_id",
            Simulator.memberOf(user),
            "cart",
            Map.of("currency", "USD", "total_minor", total, "items", List.of()),
            "requested",
            requested));
  }

  String quoted(String user, long points) {
    return quote(user, 1_000_000, Map.of("mode", "EXACT", "points", points))
        .body()
        .path("quote_id")
        .asText();
  }

  Got commit(String key, String quoteId, String order, String user) {
    return post(
        "/v1/redemptions/commit",
        key,
        Map.of(
            "quote_id", quoteId,
            "client_order_id", order,
            "client_user_id", user,
            "rrr_member_id", Simulator.memberOf(user)));
  }

  Got reverse(String key, String order) {
    return post(
        "/v1/redemptions/reverse",
        key,
        Map.of("client_order_id", order, "reason", "PAYMENT_FAILED"));
  }

  static Map<String, Object> purchase(String user, String order, long points) {
    var body = new LinkedHashMap<String, Object>();
    body.put("client_user_id", user);
    body.put("rrr_member_id", Simulator.memberOf(user));
    body.put("source", Map.of("event_type", "TOKEN_PURCHASE", "order_id", order, "line_id", "1"));
    body.put("currency", "USD");
    body.put("amount_minor", points * 100);
    body.put("points", points);
    body.put("policy", Map.of("posting_mode", "POSTED"));
    body.put("metadata", Map.of("tokens_purchased", "500"));
    return body;
  }

  private HttpRequest.Builder request(String path, Object body) {
    return request(path).POST(publisher(body));
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(base.resolve(path)).timeout(timeout);
    headers.forEach(request::header);
    return request;
  }

  private static HttpRequest.BodyPublisher publisher(Object body) {
    if (body == null) return BodyPublishers.noBody();
    return BodyPublishers.ofString(body instanceof String text ? text : json(body));
  }

  static String json(Object body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Got send(HttpRequest.Builder request) {
    try {
      var answer = http.send(request.build(), BodyHandlers.ofString());
      var json =
          answer.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
      return new Got(
          answer.statusCode(), json ? JSON.readTree(answer.body()) : JSON.missingNode(), answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
