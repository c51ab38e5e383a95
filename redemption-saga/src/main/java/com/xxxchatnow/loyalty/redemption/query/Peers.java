package com.xxxchatnow.loyalty.redemption.query;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.state.HostInfo;

/** Asks another instance for what is in its own stores. */
public final class Peers implements AutoCloseable {
  /**
   * Says that the asked instance is to answer for itself; its value says whether a copy will do.
   */
  public static final String LOCAL = "X-Loyalty-Local";

  private static final Duration CONNECT = Duration.ofMillis(500);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  QueryResponse find(HostInfo peer, String orderId, boolean standby, Deadline deadline)
      throws InterruptedException {
    var order = URLEncoder.encode(orderId, StandardCharsets.UTF_8).replace("+", "%20");
    return ask(peer, "/redemptions/" + order, standby, deadline);
  }

  QueryResponse list(HostInfo peer, String query, Deadline deadline) throws InterruptedException {
    return ask(peer, "/redemptions?" + query, false, deadline);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /** What the peer says; 503 when it says nothing in time, or anything that is no answer. */
  private QueryResponse ask(HostInfo peer, String path, boolean standby, Deadline deadline)
      throws InterruptedException {
    // Kafka Streams knows nobody who has it.
    if (peer.port() <= 0) return QueryResponse.unavailable("no instance has it just now");
    var uri = URI.create("http://%s:%d%s".formatted(peer.host(), peer.port(), path));
    var request = HttpRequest.newBuilder(uri).header(LOCAL, standby ? "standby" : "active").build();
    // The request's own timeout would not count for the answer's body.
    var asked = http.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      var answer = asked.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
      return answer.statusCode() == 200 || answer.statusCode() == 404
          ? new QueryResponse(answer.statusCode(), RedemptionJson.JSON.readTree(answer.body()))
          : QueryResponse.unavailable("the instance that has it has no answer");
    } catch (TimeoutException hung) {
      return QueryResponse.unavailable("the instance that has it does not answer in time");
    } catch (ExecutionException | IOException unreachable) {
      return QueryResponse.unavailable("the instance that has it can't be reached");
    } finally {
      asked.cancel(true);
    }
  }
}
