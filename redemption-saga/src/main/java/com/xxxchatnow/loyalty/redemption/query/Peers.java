package com.xxxchatnow.loyalty.redemption.query;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.streams.state.HostInfo;

/** Asks another instance for what is in its own stores. */
public final class Peers implements AutoCloseable {
  /**
   * Says that the asked instance is to answer for itself; its value says whether a copy will do.
   */
  public static final String LOCAL = "X-Loyalty-Local";

  private static final Duration CONNECT = Duration.ofMillis(500);
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  QueryResponse find(HostInfo peer, String orderId, boolean standby) throws InterruptedException {
    var order = URLEncoder.encode(orderId, StandardCharsets.UTF_8).replace("+", "%20");
    return ask(peer, "/redemptions/" + order, standby);
  }

  QueryResponse list(HostInfo peer, String query) throws InterruptedException {
    return ask(peer, "/redemptions?" + query, false);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private QueryResponse ask(HostInfo peer, String path, boolean standby)
      throws InterruptedException {
    var uri = URI.create("http://%s:%d%s".formatted(peer.host(), peer.port(), path));
    var request =
        HttpRequest.newBuilder(uri)
            .header(LOCAL, standby ? "standby" : "active")
            .timeout(LIMIT)
            .build();
    try {
      var response = http.send(request, BodyHandlers.ofByteArray());
      return new QueryResponse(
          response.statusCode(), RedemptionJson.JSON.readTree(response.body()));
    } catch (IOException unreachable) {
      return QueryResponse.moving("the instance that has it can't be reached");
    }
  }
}
