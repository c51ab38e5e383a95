package com.xxxchatnow.loyalty.webhook.edge;

import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The public port: HTTP/1.1 and nothing else, each request on a virtual thread, each connection
 * limited in number, size and time.
 */
public final class WebhookServer implements AutoCloseable {
  private static final int MAX_HEADERS = 8 * 1024;
  private static final int THREADS = 16;

  private final Server server;
  private final ServerConnector connector;

  /**
   * @param limits what the connections may take
   */
  public WebhookServer(String host, int port, EdgeLimits limits, Handler webhooks) {
    var threads = new QueuedThreadPool(THREADS);
    threads.setName("edge");
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("webhook-", 0).factory()));
    server = new Server(threads);
    connector = new ServerConnector(server, 1, 1, http());
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(limits.idle().toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(limits.connections(), server));
    connector.addBean(new SlowConnections(limits.betweenRequests(), connector));
    server.setErrorHandler((request, response, callback) -> {
      WebhookResponse.of(response.getStatus()).write(response, callback);
      return true;
    });
    server.setHandler(new GracefulHandler(webhooks));
    server.setStopTimeout(limits.forStopping().toMillis());
  }

  private static HttpConnectionFactory http() {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(MAX_HEADERS);
    // No line feed alone: a proxy in front could see other headers.
    http.setHttpCompliance(HttpCompliance.STRICT);
    http.setUriCompliance(UriCompliance.RFC3986);
    return SerialConnection.factory(http);
  }

  public WebhookServer start() {
    try {
      server.start();
      return this;
    } catch (Exception failure) {
      close();
      throw new IllegalStateException(
          "the port for webhooks can't be opened: is HTTP_PORT taken?", failure);
    }
  }

  /** Where it listens, also when any free port was wanted. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Finishes the requests it has taken and refuses the rest. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception failure) {
      throw new IllegalStateException("the port for webhooks did not close in order", failure);
    }
  }

  /**
   * What connections may take.
   *
   * @param connections at a time
   * @param idle the longest silence within a request or an answer
   * @param betweenRequests from the beginning of one request, or of the connection, to that of the
   *     next: longer than the longest request takes
   * @param forStopping how long requests under way may take when the edge stops
   */
  public record EdgeLimits(
      int connections, Duration idle, Duration betweenRequests, Duration forStopping) {
    private static final int CONNECTIONS = 1_000;
    private static final Duration SLACK = Duration.ofSeconds(2);

    /**
     * Limits in which a request has its time.
     *
     * @param forBody the longest time for a body to come
     * @param forAcknowledgement the longest time for Kafka's acknowledgement
     */
    public static EdgeLimits around(Duration forBody, Duration forAcknowledgement) {
      var idle = forAcknowledgement.plus(SLACK);
      var request = forBody.plus(idle).plus(forAcknowledgement);
      return new EdgeLimits(CONNECTIONS, idle, request.plus(SLACK), forAcknowledgement.plus(SLACK));
    }
  }
}
