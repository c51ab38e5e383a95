package com.xxxchatnow.loyalty.simulator;

import static com.xxxchatnow.loyalty.simulator.Caller.purchase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Call;
import com.xxxchatnow.loyalty.simulator.http.Call.Effect;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import com.xxxchatnow.loyalty.simulator.webhooks.WebhookDelivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EarnIT {
  private final Simulator rrr =
      Simulator.start(SimulatorConfig.defaults().withoutRateLimit().withMaxBatch(4));
  private final Caller xcn = new Caller(rrr);

  @AfterEach
  void stop() {
    xcn.close();
    rrr.close();
  }

  @Test
  void a_purchase_becomes_one_entry_with_the_balance_after_it() {
    var first = xcn.earn("token_purchase_o1", purchase("ada", "o1", 25));
    xcn.earn("token_purchase_o2", purchase("ada", "o2", 17));

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.body().path("status").asText()).isEqualTo("ACCEPTED");
    assertThat(first.body().path("posted_at").isTextual()).isTrue();
    assertThat(rrr.ledger())
        .extracting(LedgerEntry::sourceRef, LedgerEntry::pointsDelta, LedgerEntry::balanceAfter)
        .containsExactly(
            tuple("token_purchase_o1", 25L, 25L), tuple("token_purchase_o2", 17L, 42L));
    assertThat(rrr.ledger().getFirst().entryId())
        .isEqualTo(first.body().path("ledger_entry_id").asText());
    var wallet = xcn.get("/v1/members/" + Simulator.memberOf("ada") + "/wallet").body();
    assertThat(wallet.path("available_points").asLong()).isEqualTo(42);
  }

  @Test
  void the_same_key_and_payload_is_answered_as_before_and_booked_once() {
    var first = xcn.earn("k", purchase("ada", "o1", 25));
    var reordered = new LinkedHashMap<String, Object>();
    new ArrayList<>(purchase("ada", "o1", 25).entrySet())
        .reversed()
        .forEach(field -> reordered.put(field.getKey(), field.getValue()));
    var again = xcn.earn("k", reordered);

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(rrr.ledger()).hasSize(1);
    assertThat(rrr.calls())
        .filteredOn(call -> "k".equals(call.key()))
        .extracting(Call::effect)
        .containsExactly(Effect.APPLIED, Effect.REPLAYED);
  }

  @Test
  void the_same_key_with_another_payload_is_a_mismatch() {
    xcn.earn("k", purchase("ada", "o1", 25));
    var other = xcn.earn("k", purchase("ada", "o1", 26));

    assertThat(other.status()).isEqualTo(409);
    assertThat(other.code()).isEqualTo("IDEMPOTENCY_KEY_REUSE_MISMATCH");
    assertThat(rrr.balance("ada")).isEqualTo(25);
  }

  @Test
  void a_hundred_calls_at_once_with_one_key_book_one_entry() throws Exception {
    var go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<Caller.Got>>();
      for (var i = 0; i < 100; i++)
        calls.add(
            threads.submit(() -> {
              go.await();
              return xcn.earn("k", purchase("ada", "o1", 25));
            }));
      go.countDown();
      for (var call : calls) assertThat(call.get().status()).isEqualTo(200);
    }
    assertThat(rrr.ledger()).hasSize(1);
    assertThat(rrr.balance("ada")).isEqualTo(25);
    assertThat(rrr.calls()).filteredOn(Call::applied).hasSize(1);
  }

  @Test
  void a_key_is_forgotten_after_thirty_days_and_protects_no_more() {
    xcn.earn("k", purchase("ada", "o1", 25));
    rrr.advance(Duration.ofDays(30).minusMinutes(1));
    refreshed().earn("k", purchase("ada", "o1", 25));
    assertThat(rrr.ledger()).hasSize(1);

    rrr.advance(Duration.ofMinutes(2));
    refreshed().earn("k", purchase("ada", "o1", 25));
    assertThat(rrr.ledger()).hasSize(2);
  }

  @Test
  void a_refusal_is_remembered_under_its_key() {
    assertThat(xcn.earn("k", purchase("unlinked-bob", "o1", 25)).status()).isEqualTo(404);
    rrr.link("unlinked-bob", Simulator.memberOf("unlinked-bob"));

    assertThat(xcn.earn("k", purchase("unlinked-bob", "o1", 25)).status()).isEqualTo(404);
    assertThat(xcn.earn("k2", purchase("unlinked-bob", "o1", 25)).status()).isEqualTo(200);
  }

  @Test
  void refusals_are_judged_anew_where_only_what_was_applied_is_remembered() {
    try (var forgetful = Simulator.start(SimulatorConfig.defaults().withRemembersRefusals(false));
        var caller = new Caller(forgetful)) {
      assertThat(caller.earn("k", purchase("unlinked-bob", "o1", 25)).status()).isEqualTo(404);
      forgetful.link("unlinked-bob", Simulator.memberOf("unlinked-bob"));
      assertThat(caller.earn("k", purchase("unlinked-bob", "o1", 25)).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "points, 0, points",
    "points, -5, points",
    "points, 1.5, points",
    "points, '\"7\"', points",
    "points, null, points",
    "amount_minor, -1, amount_minor",
    "currency, '\"XXQ\"', currency",
    "currency, '\"usd\"', currency",
    "client_user_id, '\"\"', client_user_id",
    "rrr_member_id, '\"m-1\"', rrr_member_id",
    "rrr_member_id, '\"00000000-0000-3000-8000-000000000000\"', rrr_member_id",
    "source, '{\"event_type\":\"GIFT\",\"order_id\":\"o\",\"line_id\":\"1\"}', source.event_type",
    "source, '{\"event_type\":\"TOKEN_PURCHASE\",\"line_id\":\"1\"}', source.order_id",
    "source, '{\"event_type\":\"TOKEN_PURCHASE\",\"order_id\":\"o\"}', source.line_id",
    "policy, '{\"posting_mode\":\"LATER\"}', policy.posting_mode",
    "policy, '{}', policy.posting_mode",
    "policy, null, policy",
    "metadata, '[]', metadata",
    "point, 5, point",
  })
  void an_invalid_earn_is_refused_and_names_the_field(String field, String json, String named)
      throws Exception {
    var body = purchase("ada", "o1", 25);
    body.put(field, Caller.JSON.readTree(json));
    var refused = xcn.earn("k", body);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.code()).isEqualTo("VALIDATION_FAILED");
    assertThat(refused.detail("field")).isEqualTo(named);
    assertThat(rrr.ledger()).isEmpty();
  }

  @Test
  void a_body_that_is_not_one_json_object_is_refused() {
    for (var body : List.of("", "{", "[]", "{} {}", "{\"a\":1,\"a\":2}", "<html>"))
      assertThat(xcn.earn("k", body).code()).as(body).isEqualTo("VALIDATION_FAILED");
  }

  @Test
  void an_unlinked_user_earns_nothing() {
    var refused = xcn.earn("k", purchase("unlinked-bob", "o1", 25));

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.detail("reason")).isEqualTo("NOT_LINKED");
  }

  @Test
  void users_and_orders_named_refused_are_refused() {
    assertThat(xcn.earn("k1", purchase("refused-cy", "o1", 25)).status()).isEqualTo(422);
    assertThat(xcn.earn("k2", purchase("ada", "refused-o2", 25)).status()).isEqualTo(422);
    assertThat(rrr.ledger()).isEmpty();
  }

  @Test
  void pending_points_count_from_their_time_on() {
    var body = purchase("ada", "o1", 25);
    body.put("policy", Map.of("posting_mode", "PENDING"));
    var accepted = xcn.earn("k", body).body();

    assertThat(accepted.path("posted_at").isNull()).isTrue();
    assertThat(accepted.path("pending_until").isTextual()).isTrue();
    assertThat(rrr.balance("ada")).isZero();
    assertThat(wallet("ada").path("pending_points").asLong()).isEqualTo(25);
    assertThat(rrr.webhooks()).isEmpty();

    rrr.advance(Duration.ofHours(49));
    assertThat(rrr.balance("ada")).isEqualTo(25);
    assertThat(rrr.ledger()).singleElement().matches(entry -> entry.balanceAfter() == 25);
    assertThat(rrr.webhooks())
        .extracting(WebhookDelivery::eventType)
        .containsExactly("POINTS_POSTED");
    refreshed();
    assertThat(wallet("ada").path("pending_points").asLong()).isZero();
  }

  @Test
  void the_server_may_hold_back_points_that_were_asked_to_be_posted() {
    try (var slow =
            Simulator.start(
                SimulatorConfig.defaults()
                    .withPosting(SimulatorConfig.Posting.PENDING)
                    .withPendingFor(Duration.ofMillis(300)));
        var caller = new Caller(slow)) {
      var accepted = caller.earn("k", purchase("ada", "o1", 25)).body();
      assertThat(accepted.path("posted_at").isNull()).isTrue();
      await().until(() -> slow.webhooks().size() == 1);
    }
  }

  @Test
  void a_batch_has_a_result_for_each_item_by_its_source_ref() {
    var batch =
        xcn.post(
            "/v1/points/earn/batch",
            "b1",
            Map.of(
                "items",
                List.of(
                    item("k1", purchase("ada", "o1", 10)),
                    item("k2", purchase("unlinked-bob", "o2", 10)),
                    item("k3", purchase("cy", "o3", -1)))));

    assertThat(batch.status()).isEqualTo(200);
    assertThat(row(batch, "k1").path("status").asText()).isEqualTo("ACCEPTED");
    assertThat(row(batch, "k1").path("ledger_entry_id").isTextual()).isTrue();
    assertThat(row(batch, "k2").at("/error/code").asText()).isEqualTo("NOT_FOUND");
    assertThat(row(batch, "k3").at("/error/code").asText()).isEqualTo("VALIDATION_FAILED");
    assertThat(rrr.ledger()).extracting(LedgerEntry::sourceRef).containsExactly("k1");
  }

  @Test
  void an_item_is_known_in_every_batch_by_its_source_ref_and_not_to_the_single_endpoint() {
    var path = "/v1/points/earn/batch";
    var one = Map.of("items", List.of(item("k1", purchase("ada", "o1", 10))));
    var both =
        Map.of(
            "items",
            List.of(item("k1", purchase("ada", "o1", 10)), item("k2", purchase("ada", "o2", 5))));
    var changed = Map.of("items", List.of(item("k1", purchase("ada", "o1", 11))));

    var first = row(xcn.post(path, "b1", one), "k1");
    assertThat(row(xcn.post(path, "b2", both), "k1")).isEqualTo(first);
    assertThat(row(xcn.post(path, "b3", changed), "k1").at("/error/code").asText())
        .isEqualTo("IDEMPOTENCY_KEY_REUSE_MISMATCH");
    assertThat(rrr.balance("ada")).isEqualTo(15);
    // RRR's memory is per endpoint: sent singly, the same purchase is booked once more.
    xcn.earn("k1", purchase("ada", "o1", 10));
    assertThat(rrr.ledger("k1")).hasSize(2);
    assertThat(rrr.balance("ada")).isEqualTo(25);
  }

  @Test
  void a_batch_key_is_not_the_key_of_a_single_earn() {
    xcn.earn("k", purchase("ada", "o1", 10));
    var batch =
        xcn.post(
            "/v1/points/earn/batch",
            "k",
            Map.of("items", List.of(item("k2", purchase("ada", "o2", 5)))));
    assertThat(batch.status()).isEqualTo(200);
    assertThat(rrr.balance("ada")).isEqualTo(15);
  }

  @Test
  void an_rrr_that_keeps_our_keys_to_itself_shows_references_of_its_own() {
    xcn.earn("k1", purchase("ada", "o1", 10));
    var ledger = "/v1/members/" + Simulator.memberOf("ada") + "/ledger";
    assertThat(xcn.get(ledger).body().path(0).path("source_ref").asText()).isEqualTo("k1");
    xcn.admin("POST", "/admin/source-ref", Map.of("keys", false));
    assertThat(xcn.get(ledger).body().path(0).path("source_ref").asText()).startsWith("rrr:");
    xcn.earn("k2", purchase("ada", "o2", 10));
    assertThat(rrr.webhooks())
        .last()
        .matches(event -> event.body().contains("\"source_ref\":\"rrr:"));
    assertThat(rrr.ledger("k2")).hasSize(1);
    assertThat(xcn.admin("GET", "/admin/ledger?source_ref=k2", null).body()).hasSize(1);
  }

  @Test
  void a_batch_repeated_under_its_key_is_answered_as_before() {
    var items = Map.of("items", List.of(item("k1", purchase("ada", "o1", 10))));
    var first = xcn.post("/v1/points/earn/batch", "b1", items);
    var again = xcn.post("/v1/points/earn/batch", "b1", items);
    var other =
        xcn.post(
            "/v1/points/earn/batch",
            "b1",
            Map.of("items", List.of(item("k9", purchase("ada", "o9", 10)))));

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(other.code()).isEqualTo("IDEMPOTENCY_KEY_REUSE_MISMATCH");
    assertThat(rrr.balance("ada")).isEqualTo(10);
  }

  @Test
  void a_batch_with_one_key_twice_books_it_once() {
    var batch =
        xcn.post(
            "/v1/points/earn/batch",
            "b1",
            Map.of(
                "items",
                List.of(
                    item("k1", purchase("ada", "o1", 10)), item("k1", purchase("ada", "o1", 10)))));

    assertThat(batch.body().path("results")).hasSize(2);
    assertThat(rrr.balance("ada")).isEqualTo(10);
  }

  @Test
  void an_empty_batch_and_one_too_long_are_refused_whole() {
    var five =
        IntStream.range(0, 5).mapToObj(n -> item("k" + n, purchase("ada", "o" + n, 1))).toList();
    for (var items : List.of(List.of(), five))
      assertThat(xcn.post("/v1/points/earn/batch", "b", Map.of("items", items)).code())
          .isEqualTo("VALIDATION_FAILED");
    assertThat(rrr.ledger()).isEmpty();
  }

  private JsonNode wallet(String user) {
    return xcn.get("/v1/members/" + Simulator.memberOf(user) + "/wallet").body();
  }

  /** After a leap in time the token has expired. */
  private Caller refreshed() {
    return xcn.with("Authorization", "Bearer " + xcn.token().body().path("access_token").asText());
  }

  private static Map<String, Object> item(String ref, Map<String, Object> body) {
    body.put("source_ref", ref);
    return body;
  }

  private static JsonNode row(Caller.Got batch, String ref) {
    for (var row : batch.body().path("results"))
      if (row.path("source_ref").asText().equals(ref)) return row;
    throw new AssertionError("no row for " + ref + " in " + batch.body());
  }
}
