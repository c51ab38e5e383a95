package com.xxxchatnow.loyalty.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** What happens at RRR without a call of ours, made to happen by the simulator's admin API. */
record RrrAdmin(URI rrr) {

  /** Links the user to its default member. */
  void link(String userId) throws IOException, InterruptedException {
    post("/admin/links", Map.of("client_user_id", userId));
  }

  void unlink(String userId) throws IOException, InterruptedException {
    var query = "?client_user_id=" + URLEncoder.encode(userId, UTF_8);
    send(HttpRequest.newBuilder(rrr.resolve("/admin/links" + query)).DELETE().build());
  }

  /** Sends a webhook of what the simulator has no calls for. */
  void webhook(String type, Map<String, ?> data) throws IOException, InterruptedException {
    post("/admin/webhooks", Map.of("event_type", type, "data", data));
  }

  private void post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    send(
        HttpRequest.newBuilder(rrr.resolve(path))
            .POST(BodyPublishers.ofString(json(body)))
            .build());
  }

  private static String json(Map<String, ?> body) throws JsonProcessingException {
    return new ObjectMapper().writeValueAsString(body);
  }

  private static void send(HttpRequest request) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200)
        throw new IOException(
            "%s answered %d: %s".formatted(request.uri(), response.statusCode(), response.body()));
    }
  }
}
