package com.xxxchatnow.loyalty.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * The whole truth at RRR, read from the simulator's admin API: the other side that the results are
 * held against.
 */
record RrrLedger(List<Entry> entries) {

  /** One movement of points; {@code orderId} is null where none belongs to it. */
  record Entry(String id, String type, long points, String sourceRef, String orderId) {}

  static RrrLedger read(Addresses addresses) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var uri = addresses.rrr().resolve("/admin/ledger");
      var answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("%s answered %d".formatted(uri, answer.statusCode()));
      }
      var entries = new ObjectMapper().readTree(answer.body()).get("entries");
      return new RrrLedger(
          StreamSupport.stream(entries.spliterator(), false).map(RrrLedger::entry).toList());
    }
  }

  List<Entry> of(Set<String> orders, String type) {
    return entries.stream()
        .filter(entry -> entry.type().equals(type) && orders.contains(entry.orderId()))
        .toList();
  }

  /** Points an order burned, less what came back. */
  long burned(String orderId) {
    return -entries.stream()
        .filter(entry -> Objects.equals(entry.orderId(), orderId))
        .filter(entry -> entry.type().equals("REDEEM") || entry.type().equals("REVERSAL"))
        .mapToLong(Entry::points)
        .sum();
  }

  private static Entry entry(JsonNode node) {
    return new Entry(
        node.get("entry_id").asText(),
        node.get("type").asText(),
        node.get("points_delta").asLong(),
        node.path("source_ref").asText(null),
        node.path("order_id").asText(null));
  }
}
