package com.xxxchatnow.loyalty.redemption.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.kit.service.BoundedHttpServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queries over HTTP: {@code openapi.yaml} describes them, and is served. The port is opened
 * first, because Kafka Streams tells it to the other instances.
 */
public final class QueryServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueryServer.class);
  private static final String ALL = "/redemptions";
  private static final String ONE = ALL + "/";
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,5})(ms|s)");
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final int DEFAULT_LIMIT = 100;
  private static final int HIGHEST_LIMIT = 1_000;

  /** For a question that says nothing of the time it has. */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final BoundedHttpServer server;

  /** A question that can't be answered as it is put. */
  private static final class BadRequest extends RuntimeException {
    BadRequest(String message) {
      super(message);
    }
  }

  /**
   * Opens the port; nothing is answered before {@link #serve}.
   *
   * @param port 0 = any free
   * @throws java.io.UncheckedIOException when it can't be opened
   */
  public QueryServer(String host, int port) {
    server = new BoundedHttpServer("port of queries", host, port);
  }

  public int port() {
    return server.port();
  }

  public QueryServer serve(Queries queries) {
    server.get(ALL, exchange -> send(exchange, answered(exchange, queries)));
    server.get("/openapi.yaml", QueryServer::sendDescription);
    server.start();
    return this;
  }

  @Override
  public void close() {
    server.close();
  }

  private static QueryResponse answered(HttpExchange exchange, Queries queries) {
    try {
      var path = exchange.getRequestURI().getRawPath();
      var query = query(exchange.getRequestURI().getRawQuery());
      var local = exchange.getRequestHeaders().getFirst(Peers.LOCAL);
      if (path.equals(ALL)) return list(query, local, queries);
      if (path.startsWith(ONE) && path.length() > ONE.length())
        return one(decoded(path.substring(ONE.length())), query, local, queries);
      return QueryResponse.error(404, "NOT_FOUND", "no such page; see /openapi.yaml");
    } catch (BadRequest wrong) {
      return QueryResponse.error(400, "BAD_REQUEST", wrong.getMessage());
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      return QueryResponse.unavailable("the service is closing");
    } catch (RuntimeException defect) {
      log.error("A query failed", defect);
      return QueryResponse.error(500, "INTERNAL_ERROR", "the query failed");
    }
  }

  private static QueryResponse one(
      String orderId, Map<String, String> query, String local, Queries queries)
      throws InterruptedException {
    if (local != null)
      return queries.findHere(orderId, local.equals("standby"), Deadline.in(LIMIT));
    var wait = query.get("wait");
    if (wait == null) return queries.find(orderId, Deadline.in(LIMIT));
    if (!wait.equals("decided")) throw new BadRequest("wait: only decided");
    return queries.findDecided(orderId, Deadline.in(timeout(query.get("timeout"))));
  }

  private static QueryResponse list(Map<String, String> query, String local, Queries queries)
      throws InterruptedException {
    var status = status(query.get("status"));
    var limit = limit(query.get("limit"));
    var deadline = Deadline.in(LIMIT);
    return local != null
        ? queries.listHere(status, limit, deadline)
        : queries.list(status, limit, deadline);
  }

  private static RedemptionStatus status(String text) {
    for (var status : RedemptionStatus.values())
      if (status.name().equals(text) && status != RedemptionStatus.UNKNOWN) return status;
    throw new BadRequest("status: one of the redemption's states");
  }

  private static int limit(String text) {
    if (text == null) return DEFAULT_LIMIT;
    if (!text.matches("\\d{1,4}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > HIGHEST_LIMIT)
      throw new BadRequest("limit: 1 to " + HIGHEST_LIMIT);
    return Integer.parseInt(text);
  }

  private static Duration timeout(String text) {
    if (text == null) return LIMIT;
    var matcher = SECONDS.matcher(text);
    if (!matcher.matches()) throw new BadRequest("timeout: such as 3s or 500ms");
    var amount = Long.parseLong(matcher.group(1));
    var wait =
        matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
    return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
  }

  private static Map<String, String> query(String raw) {
    var query = new HashMap<String, String>();
    if (raw == null) return query;
    for (var pair : raw.split("&")) {
      var equals = pair.indexOf('=');
      if (equals > 0) query.put(pair.substring(0, equals), decoded(pair.substring(equals + 1)));
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw new BadRequest("the address is not properly encoded");
    }
  }

  private static void send(HttpExchange exchange, QueryResponse answer) throws IOException {
    if (answer.isUnavailable()) exchange.getResponseHeaders().set("Retry-After", "1");
    BoundedHttpServer.send(
        exchange,
        answer.status(),
        "application/json",
        RedemptionJson.JSON.writeValueAsString(answer.body()));
  }

  private static void sendDescription(HttpExchange exchange) throws IOException {
    try (var description = QueryServer.class.getResourceAsStream("openapi.yaml")) {
      BoundedHttpServer.send(
          exchange, 200, "application/yaml", new String(description.readAllBytes(), UTF_8));
    }
  }
}
