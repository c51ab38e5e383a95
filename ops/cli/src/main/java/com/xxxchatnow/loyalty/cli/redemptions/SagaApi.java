package com.xxxchatnow.loyalty.cli.redemptions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.xxxchatnow.loyalty.cli.console.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The saga's queries ({@code REDEMPTION_API_URL}); its openapi.yaml describes them. */
record SagaApi(URI url) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A redemption's state; empty when the saga knows no such order. */
  Optional<JsonNode> find(String orderId) throws InterruptedException {
    return get("/redemptions/" + encoded(orderId));
  }

  /** Redemptions in a status, the longest there first. */
  JsonNode list(String status, int limit) throws InterruptedException {
    return get("/redemptions?status=%s&limit=%d".formatted(encoded(status), limit))
        .orElseThrow(() -> UserError.unavailable("there are no queries at " + url, null))
        .path("redemptions");
  }

  private Optional<JsonNode> get(String path) throws InterruptedException {
    try (var http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      var request = HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).build();
      var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      var body = JSON.readTree(answer.body());
      return switch (answer.statusCode()) {
        case 200 -> Optional.of(body);
        case 404 -> Optional.empty();
        case 400 -> throw UserError.usage(body.path("error").path("message").asText());
        default ->
            throw UserError.unavailable(
                "the saga answers %d %s"
                    .formatted(answer.statusCode(), body.path("error").path("message").asText("")),
                null);
      };
    } catch (JsonProcessingException noJson) {
      throw UserError.unavailable(
          "the saga's queries at %s do not answer JSON".formatted(url), noJson);
    } catch (IOException away) {
      throw UserError.unavailable("the saga's queries at %s do not answer".formatted(url), away);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
