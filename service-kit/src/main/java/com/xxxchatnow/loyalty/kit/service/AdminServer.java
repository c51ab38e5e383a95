package com.xxxchatnow.loyalty.kit.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The admin port: {@code /health/live}, {@code /health/ready}, {@code /metrics} (Prometheus text)
 * and {@code /info}. It is apart from any public port and knows no secrets.
 */
final class AdminServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param port 0 = any free
   */
  AdminServer(
      String host,
      int port,
      Health health,
      PrometheusMeterRegistry metrics,
      Supplier<Map<String, Object>> info) {
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (IOException taken) {
      throw new UncheckedIOException(
          "the admin port %s:%d can't be opened".formatted(host, port), taken);
    }
    get("/health/live", exchange -> json(exchange, 200, Map.of("status", "UP")));
    get("/health/ready", exchange -> ready(exchange, health.problems()));
    get(
        "/metrics",
        exchange -> answer(exchange, 200, "text/plain; version=0.0.4", metrics.scrape()));
    get("/info", exchange -> json(exchange, 200, info.get()));
    get("/", exchange -> json(exchange, 404, error("NOT_FOUND", "no such page")));
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void get(String path, Page page) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if ("GET".equals(exchange.getRequestMethod())) page.answer(exchange);
            else json(exchange, 405, error("METHOD_NOT_ALLOWED", "only GET"));
          }
        });
  }

  private static void ready(HttpExchange exchange, Map<String, String> problems)
      throws IOException {
    var up = problems.isEmpty();
    json(
        exchange,
        up ? 200 : 503,
        up ? Map.of("status", "UP") : Map.of("status", "DOWN", "parts", problems));
  }

  private static Map<String, Object> error(String code, String message) {
    return Map.of("error", Map.of("code", code, "message", message));
  }

  private static void json(HttpExchange exchange, int status, Map<String, ?> body)
      throws JsonProcessingException, IOException {
    answer(exchange, status, "application/json", JSON.writeValueAsString(body));
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private interface Page {
    void answer(HttpExchange exchange) throws IOException;
  }
}
