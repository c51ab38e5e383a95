package com.xxxchatnow.loyalty.kit.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server for internal ports, on virtual threads. It cuts a connection whose request is not
 * there within 10 s or whose answer is not taken within 60 s, and closes those beyond 4,000. Only
 * GET is served; errors have one JSON form.
 */
public final class BoundedHttpServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // The JDK's server reads them once, when the first one is made. Seconds; connections.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "60");
    System.setProperty("sun.net.httpserver.idleInterval", "10");
    System.setProperty("jdk.httpserver.maxConnections", "4000");
    // No answer waits for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** Connections that wait to be taken: a rush of people who check out comes within a moment. */
  private static final int BACKLOG = 1_024;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What is served under a path. */
  public interface Page {
    void serve(HttpExchange exchange) throws IOException;
  }

  /**
   * Opens the port; nothing is served before {@link #start()}.
   *
   * @param what the port's name, for the message of a fault
   * @param port 0 = any free
   * @throws UncheckedIOException when the port can't be opened
   */
  public BoundedHttpServer(String what, String host, int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
    } catch (IOException taken) {
      throw new UncheckedIOException(
          "the %s %s:%d can't be opened".formatted(what, host, port), taken);
    }
    server.setExecutor(threads);
    get("/", exchange -> error(exchange, 404, "NOT_FOUND", "no such page"));
  }

  /** Serves GET requests of a path and of those below it. */
  public void get(String path, Page page) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if ("GET".equals(exchange.getRequestMethod())) page.serve(exchange);
            else {
              exchange.getResponseHeaders().set("Allow", "GET");
              error(exchange, 405, "METHOD_NOT_ALLOWED", "only GET");
            }
          }
        });
  }

  public void start() {
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** Sends {@code {"error":{"code":…,"message":…}}}. */
  public static void error(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    json(exchange, status, Map.of("error", Map.of("code", code, "message", message)));
  }

  /** Sends an object as JSON. */
  public static void json(HttpExchange exchange, int status, Map<String, ?> body)
      throws JsonProcessingException, IOException {
    send(exchange, status, "application/json", JSON.writeValueAsString(body));
  }

  /** Sends a text of the given content type. */
  public static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
