package com.xxxchatnow.loyalty.simulator;

import static com.xxxchatnow.loyalty.simulator.Caller.purchase;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Json;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminIT {
  private final Simulator rrr = Simulator.start(SimulatorConfig.defaults());
  private final Caller xcn = new Caller(rrr);

  @AfterEach
  void stop() {
    xcn.close();
    rrr.close();
  }

  @Test
  void the_ledger_shows_everything_that_was_booked() {
    admin("POST", "/admin/grants", Map.of("client_user_id", "ada", "points", 100));
    xcn.earn("k1", purchase("ada", "o1", 25));
    xcn.earn("k2", purchase("bob", "o2", 7));
    xcn.commit("c", xcn.quoted("ada", 50), "o3", "ada");
    var snapshot = admin("GET", "/admin/ledger", null).body();

    assertThat(snapshot.path("entries")).hasSize(4);
    assertThat(snapshot.at("/entries/1/order_id").asText()).isEqualTo("o1");
    assertThat(snapshot.at("/entries/1/user_id").asText()).isEqualTo("ada");
    assertThat(snapshot.at("/entries/1/source_ref").asText()).isEqualTo("k1");
    assertThat(snapshot.at("/totals/EARN/entries").asLong()).isEqualTo(2);
    assertThat(snapshot.at("/totals/EARN/points").asLong()).isEqualTo(32);
    assertThat(snapshot.at("/totals/REDEEM/points").asLong()).isEqualTo(-50);
    assertThat(snapshot.path("balances").path(Simulator.memberOf("ada")).asLong()).isEqualTo(75);
    assertThat(snapshot.at("/orders/0/order_id").asText()).isEqualTo("o3");
    assertThat(snapshot.at("/orders/0/state").asText()).isEqualTo("COMMITTED");
    assertThat(snapshot.path("links")).hasSize(2);
  }

  @Test
  void a_balance_can_be_set_and_is_booked_as_an_adjustment() {
    xcn.earn("k1", purchase("ada", "o1", 25));
    var set = admin("POST", "/admin/balances", Map.of("client_user_id", "ada", "points", 10));

    assertThat(set.body().path("available_points").asLong()).isEqualTo(10);
    assertThat(rrr.ledger()).last().matches(entry -> entry.pointsDelta() == -15);
    assertThat(
            admin("POST", "/admin/grants", Map.of("client_user_id", "unlinked-b", "points", 1))
                .status())
        .isEqualTo(404);
  }

  @Test
  void a_start_balance_is_booked_when_a_member_is_first_seen() {
    try (var rich = Simulator.start(SimulatorConfig.defaults().withStartBalance(500))) {
      assertThat(rich.balance("ada")).isEqualTo(500);
      assertThat(rich.balance("ada")).isEqualTo(500);
      assertThat(rich.ledger()).singleElement().matches(entry -> entry.balanceAfter() == 500);
    }
  }

  @Test
  void links_are_made_and_ended() {
    var link = Map.of("client_user_id", "unlinked-bob");
    assertThat(admin("POST", "/admin/links", link).status()).isEqualTo(200);
    assertThat(admin("POST", "/admin/links", link).status()).isEqualTo(409);
    assertThat(xcn.earn("k1", purchase("unlinked-bob", "o1", 1)).status()).isEqualTo(200);
    admin("DELETE", "/admin/links?client_user_id=unlinked-bob", null);
    assertThat(xcn.earn("k2", purchase("unlinked-bob", "o2", 1)).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'fault':'status','status':503,'retry_after':2,'endpoint':'/v1/points/earn','next':3}",
        "{'fault':'status','status':500,'match':'order-7','share':0.25}",
        "{'fault':'delay','millis':10}",
        "{'fault':'apply_then_delay','millis':10}",
        "{'fault':'status','status':429,'retry_after':0.250}",
        "{'fault':'stranger','status':404,'content_type':'text/plain','body':'no','applies':true}",
        "{'fault':'stranger','status':200,'endpoint':'/oauth/token'}",
        "{'fault':'silence','applies':true}",
        "{'fault':'item_left_out','source_ref':'k1'}",
        "{'fault':'item_rejected','source_ref':'k1','code':'RATE_LIMITED'}",
        "{'fault':'status','status':500,'user':'ada','users':0.5}",
        "{'fault':'drop_before'}",
        "{'fault':'apply_then_drop','next':1}",
        "{'fault':'cut_answer'}",
        "{'fault':'slow_drip','millis':1}",
        "{'fault':'html_200','applies':true}",
        "{'fault':'expire_token','next':1}",
        "{'fault':'throttle','per_second':10,'retry_after':1}",
        "{'fault':'outage','closes':true,'after_millis':1000,'for_millis':5000}",
      })
  void every_fault_is_set_shown_and_cleared(String text) {
    var json = text.replace('\'', '"');
    var id = admin("POST", "/admin/faults", json).body().path("id").asLong();

    var shown = admin("GET", "/admin/faults", null).body().path(0);
    assertThat(shown.path("id").asLong()).isEqualTo(id);
    Json.read(json.getBytes(UTF_8))
        .properties()
        .forEach(field ->
            assertThat(shown.path("rule").path(field.getKey()).asText())
                .as(field.getKey())
                .isEqualTo(field.getValue().asText()));
    assertThat(admin("DELETE", "/admin/faults?id=" + id, null).body()).isEmpty();
    assertThat(rrr.faults().all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'fault':'earthquake'}",
        "{'fault':'status'}",
        "{'fault':'status','status':200}",
        "{'fault':'delay'}",
        "{'fault':'drop_before','share':1.5}",
        "{'fault':'drop_before','share':'often'}",
        "{'fault':'drop_before','users':-1}",
        "{'fault':'stranger','status':100}",
        "{'fault':'item_rejected','source_ref':'k1'}",
        "{'fault':'status','status':500,'retry_after':'soon'}",
        "{'fault':'drop_before','next':99999999999}",
        "{'fault':'drop_before','nxt':1}",
      })
  void an_invalid_fault_is_not_set(String text) {
    assertThat(admin("POST", "/admin/faults", text.replace('\'', '"')).status()).isEqualTo(422);
    assertThat(rrr.faults().all()).isEmpty();
  }

  @Test
  void a_fault_set_over_http_strikes() {
    admin("POST", "/admin/faults", Map.of("fault", "status", "status", 502, "next", 1));
    assertThat(xcn.earn("k", purchase("ada", "o", 1)).status()).isEqualTo(502);
    assertThat(xcn.earn("k", purchase("ada", "o", 1)).status()).isEqualTo(200);
    assertThat(admin("GET", "/admin/faults", null).body().path(0).path("fired").asLong())
        .isEqualTo(1);
  }

  @Test
  void calls_rates_webhooks_tokens_and_time_can_be_read_and_changed() {
    xcn.earn("k", purchase("ada", "o", 1));
    var call = admin("GET", "/admin/calls", null).body().path(1);
    assertThat(call.path("key").asText()).isEqualTo("k");
    assertThat(call.path("effect").asText()).isEqualTo("APPLIED");
    assertThat(admin("GET", "/admin/rates", null).body().path(0).path("calls").asLong())
        .isPositive();
    assertThat(admin("GET", "/admin/webhooks", null).body().path(0).path("event_type").asText())
        .isEqualTo("POINTS_POSTED");
    var sent =
        admin("POST", "/admin/webhooks", Map.of("event_type", "NEW", "data", Map.of("a", 1)));
    assertThat(sent.body().path("state").asText()).isEqualTo("UNSENT");
    assertThat(admin("POST", "/admin/webhook-url", Map.of("url", "nowhere")).status())
        .isEqualTo(422);

    var before = rrr.now();
    admin("POST", "/admin/clock", Map.of("advance_seconds", 3600));
    assertThat(rrr.now()).isAfter(before.plus(Duration.ofMinutes(59)));

    admin("POST", "/admin/rate-limit", Map.of("per_second", 1, "burst", 0));
    assertThat(xcn.earn("k2", purchase("ada", "o", 1)).status()).isEqualTo(429);
    admin("POST", "/admin/rate-limit", Map.of("per_second", 0, "burst", 0));
    assertThat(xcn.earn("k2", purchase("ada", "o", 1)).status()).isEqualTo(401);
    assertThat(admin("GET", "/admin/nothing", null).status()).isEqualTo(404);
  }

  @Test
  void tokens_can_be_made_to_expire() {
    admin("POST", "/admin/tokens/expire", null);
    assertThat(xcn.earn("k", purchase("ada", "o", 1)).status()).isEqualTo(401);
  }

  private Caller.Got admin(String method, String path, Object body) {
    return xcn.admin(method, path, body);
  }
}
