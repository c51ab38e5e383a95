package com.xxxchatnow.loyalty.kit.service;

import com.sun.net.httpserver.HttpExchange;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The admin port: {@code /health/live}, {@code /health/ready}, {@code /metrics} (Prometheus text)
 * and {@code /info}. It is apart from any public port and knows no secrets.
 */
final class AdminServer implements AutoCloseable {
  private final BoundedHttpServer server;

  /**
   * @param port 0 = any free
   */
  AdminServer(
      String host,
      int port,
      Health health,
      PrometheusMeterRegistry metrics,
      Supplier<Map<String, Object>> info) {
    server = new BoundedHttpServer("admin port", host, port);
    server.get(
        "/health/live", exchange -> BoundedHttpServer.json(exchange, 200, Map.of("status", "UP")));
    server.get("/health/ready", exchange -> ready(exchange, health.problems()));
    server.get(
        "/metrics",
        exchange ->
            BoundedHttpServer.send(exchange, 200, "text/plain; version=0.0.4", metrics.scrape()));
    server.get("/info", exchange -> BoundedHttpServer.json(exchange, 200, info.get()));
    server.start();
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }

  private static void ready(HttpExchange exchange, Map<String, String> problems)
      throws IOException {
    var up = problems.isEmpty();
    BoundedHttpServer.json(
        exchange,
        up ? 200 : 503,
        up ? Map.of("status", "UP") : Map.of("status", "DOWN", "parts", problems));
  }
}
