package com.xxxchatnow.loyalty.redemption.query;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queries over HTTP: {@code openapi.yaml} describes them, and is served. The port is opened
 * first, because Kafka Streams tells it to the other instances.
 */
public final class QueryServer implements AutoCloseable {
  static {
    // Read once, when the JDK's server is first used: no answer waits for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final Logger log = LoggerFactory.getLogger(QueryServer.class);
  private static final String ONE = "/redemptions/";
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,5})(ms|s)");
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(3);
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final int DEFAULT_LIMIT = 100;
  private static final int HIGHEST_LIMIT = 1_000;
  private static final int BACKLOG = 1_024;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

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
   */
  public QueryServer(String host, int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
    } catch (IOException taken) {
      throw new UncheckedIOException("%s:%d can't be opened".formatted(host, port), taken);
    }
    server.setExecutor(threads);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public QueryServer serve(Queries queries) {
    server.createContext("/", exchange -> answer(exchange, queries));
    server.start();
    return this;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void answer(HttpExchange exchange, Queries queries) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getRawPath();
      if (!exchange.getRequestMethod().equals("GET"))
        send(exchange, QueryResponse.error(405, "METHOD_NOT_ALLOWED", "only GET"));
      else if (path.equals("/openapi.yaml")) sendDescription(exchange);
      else send(exchange, answered(exchange, path, queries));
    }
  }

  private static QueryResponse answered(HttpExchange exchange, String path, Queries queries) {
    try {
      var query = query(exchange.getRequestURI().getRawQuery());
      var local = exchange.getRequestHeaders().getFirst(Peers.LOCAL);
      if (path.equals("/redemptions")) return list(query, local, queries);
      if (path.startsWith(ONE) && path.length() > ONE.length())
        return one(decoded(path.substring(ONE.length())), query, local, queries);
      return QueryResponse.error(404, "NOT_FOUND", "no such page; see /openapi.yaml");
    } catch (BadRequest wrong) {
      return QueryResponse.error(400, "BAD_REQUEST", wrong.getMessage());
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      return QueryResponse.moving("the service is closing");
    } catch (RuntimeException defect) {
      log.error("A query failed", defect);
      return QueryResponse.error(500, "INTERNAL_ERROR", "the query failed");
    }
  }

  private static QueryResponse one(
      String orderId, Map<String, String> query, String local, Queries queries)
      throws InterruptedException {
    if (local != null) return queries.findHere(orderId, local.equals("standby"));
    var wait = query.get("wait");
    if (wait == null) return queries.find(orderId);
    if (!wait.equals("decided")) throw new BadRequest("wait: only decided");
    return queries.findDecided(orderId, timeout(query.get("timeout")));
  }

  private static QueryResponse list(Map<String, String> query, String local, Queries queries)
      throws InterruptedException {
    var status = status(query.get("status"));
    var limit = limit(query.get("limit"));
    return local != null ? queries.listHere(status, limit) : queries.list(status, limit);
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
    if (text == null) return DEFAULT_WAIT;
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
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw new BadRequest("the address is not properly encoded");
    }
  }

  private static void send(HttpExchange exchange, QueryResponse answer) throws IOException {
    if (answer.status() == 503) exchange.getResponseHeaders().set("Retry-After", "1");
    if (answer.status() == 405) exchange.getResponseHeaders().set("Allow", "GET");
    send(
        exchange,
        answer.status(),
        "application/json",
        RedemptionJson.JSON.writeValueAsBytes(answer.body()));
  }

  private static void sendDescription(HttpExchange exchange) throws IOException {
    try (var description = QueryServer.class.getResourceAsStream("openapi.yaml")) {
      send(exchange, 200, "application/yaml", description.readAllBytes());
    }
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
