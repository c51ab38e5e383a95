package com.xxxchatnow.loyalty.simulator;

import static com.xxxchatnow.loyalty.simulator.Caller.purchase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import com.xxxchatnow.loyalty.simulator.http.Call;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultIT {
  private static final String EARN = "/v1/points/earn";

  private final Simulator rrr = Simulator.start(SimulatorConfig.defaults().withoutRateLimit());
  private final Caller xcn = new Caller(rrr);

  @AfterEach
  void stop() {
    xcn.close();
    rrr.close();
  }

  @Test
  void a_status_is_answered_and_nothing_is_applied_or_remembered() {
    set(FaultRule.of(new Fault.Status(500)).on(EARN).next(2));

    assertThat(earn("k").status()).isEqualTo(500);
    assertThat(earn("k").code()).isEqualTo("INTERNAL_ERROR");
    assertThat(earn("k").status()).isEqualTo(200);
    assertThat(rrr.ledger()).hasSize(1);
    assertThat(rrr.faults().all()).singleElement().matches(set -> set.fired() == 2);
    assertThat(rrr.calls()).extracting(Call::fault).containsExactly(null, "status", "status", null);
  }

  @Test
  void a_status_may_carry_retry_after() {
    set(FaultRule.of(new Fault.Status(429, Duration.ofSeconds(7))));
    assertThat(earn("k").raw().headers().firstValue("Retry-After")).hasValue("7");
  }

  @Test
  void a_drop_before_applies_nothing() {
    set(FaultRule.of(new Fault.DropBefore()).next(1));
    unanswered("k");
    assertThat(rrr.ledger()).isEmpty();
    assertThat(rrr.calls()).last().matches(call -> call.status() == 0 && !call.applied());
  }

  @Test
  void apply_then_drop_applies_and_the_same_key_returns_the_result_later() {
    set(FaultRule.of(new Fault.ApplyThenDrop()).next(1));
    unanswered("k");
    assertThat(rrr.ledger()).hasSize(1);
    assertThat(rrr.calls()).last().matches(call -> call.status() == 0 && call.applied());

    assertThat(earn("k").body().path("ledger_entry_id").asText())
        .isEqualTo(rrr.ledger().getFirst().entryId());
    assertThat(rrr.ledger()).hasSize(1);
  }

  @Test
  void a_cut_answer_applies_and_ends_in_the_middle() {
    set(FaultRule.of(new Fault.CutAnswer()).next(1));
    assertThatThrownBy(() -> earn("k"))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("EOF reached while reading");
    assertThat(rrr.ledger()).hasSize(1);
  }

  @Test
  void a_slow_drip_arrives_whole_in_the_end() {
    set(FaultRule.of(new Fault.SlowDrip(Duration.ofMillis(2))).next(1));
    var began = System.nanoTime();
    var answer = earn("k");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("status").asText()).isEqualTo("ACCEPTED");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(150));
  }

  @Test
  void a_page_of_html_has_status_200_whether_it_applied_or_not() {
    set(FaultRule.of(new Fault.Html200(false)).next(1));
    var page = earn("k");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.raw().body()).startsWith("<!doctype html>");
    assertThat(rrr.ledger()).isEmpty();

    set(FaultRule.of(new Fault.Html200(true)).next(1));
    assertThat(earn("k").raw().body()).startsWith("<!doctype html>");
    assertThat(rrr.ledger()).hasSize(1);
  }

  @Test
  void a_stranger_answers_in_rrrs_place_at_every_endpoint_and_the_token_too() {
    var member = Simulator.memberOf("ada");
    for (var stranger : Fault.Stranger.ALL) {
      set(FaultRule.of(stranger).on("*"));
      var answers =
          List.of(
              earn("k"),
              xcn.post("/v1/points/earn/batch", "b", "{}"),
              xcn.get("/v1/links/status?client_user_id=ada"),
              xcn.get("/v1/members/" + member + "/ledger"),
              xcn.commit("c", Ids.named("q"), "o1", "ada"),
              xcn.reverse("r", "o1"),
              xcn.token());
      for (var answer : answers) {
        assertThat(answer.status()).isEqualTo(stranger.status());
        assertThat(answer.raw().body()).isEqualTo(stranger.body());
        assertThat(answer.raw().headers().firstValue("Content-Type"))
            .isEqualTo(Optional.ofNullable(stranger.contentType()));
      }
      rrr.faults().clear();
    }
    assertThat(rrr.ledger()).isEmpty();

    set(FaultRule.of(new Fault.Stranger(404, "text/plain", "no", true)).next(1));
    assertThat(earn("k").status()).isEqualTo(404);
    assertThat(rrr.ledger()).hasSize(1);
  }

  @Test
  void an_outage_can_be_one_users_or_a_share_of_the_users_the_same_at_every_endpoint() {
    set(FaultRule.of(new Fault.Status(500)).ofUser("ada"));
    assertThat(xcn.earn("k1", purchase("ada", "o1", 1)).status()).isEqualTo(500);
    assertThat(xcn.get("/v1/links/status?client_user_id=ada").status()).isEqualTo(500);
    assertThat(xcn.earn("k2", purchase("adaline", "o2", 1)).status()).isEqualTo(200);
    var batch = purchase("ada", "o3", 1);
    batch.put("source_ref", "k3");
    assertThat(xcn.post("/v1/points/earn/batch", "b", Map.of("items", List.of(batch))).status())
        .isEqualTo(500);
    rrr.faults().clear();

    set(FaultRule.of(new Fault.Status(500)).ofUsers(0.2));
    var struck = new ArrayList<Integer>();
    for (var i = 0; i < 100; i++) {
      var status = xcn.earn("u" + i, purchase("user-" + i, "o" + i, 1)).status();
      if (status == 500) struck.add(i);
      assertThat(xcn.get("/v1/links/status?client_user_id=user-" + i).status()).isEqualTo(status);
    }
    assertThat(struck).hasSizeBetween(8, 35);
  }

  @Test
  void a_batch_with_one_item_can_meet_silence_while_others_are_answered() {
    set(FaultRule.of(new Fault.Silence(false)).on("/v1/points/earn/batch").matching("\"k7\""));
    xcn.impatient(Duration.ofMillis(500));
    assertThatThrownBy(() -> xcn.post("/v1/points/earn/batch", "b1", items("k6", "k7")))
        .hasCauseInstanceOf(HttpTimeoutException.class);
    xcn.impatient(Duration.ofSeconds(20));
    assertThat(rrr.calls()).last().matches(call -> call.status() == 0 && !call.applied());
    assertThat(xcn.post("/v1/points/earn/batch", "b2", items("k6")).status()).isEqualTo(200);
    assertThat(rrr.ledger()).hasSize(1);
  }

  @Test
  void an_item_of_a_batch_can_be_left_out_or_rejected_for_now() {
    set(FaultRule.of(new Fault.ItemLeftOut("k1")).next(1));
    var first = xcn.post("/v1/points/earn/batch", "b1", items("k1", "k2"));
    assertThat(first.body().path("results")).hasSize(1);
    assertThat(xcn.post("/v1/points/earn/batch", "b1", items("k1", "k2")).body().path("results"))
        .hasSize(2);
    assertThat(rrr.ledger()).hasSize(2);

    set(FaultRule.of(new Fault.ItemRejected("k3", "RATE_LIMITED")).next(1));
    for (var i = 0; i < 2; i++)
      assertThat(
              xcn.post("/v1/points/earn/batch", "b3", items("k3"))
                  .body()
                  .at("/results/0/error/code")
                  .asText())
          .isEqualTo("RATE_LIMITED");
    assertThat(
            xcn.post("/v1/points/earn/batch", "b3_2", items("k3"))
                .body()
                .at("/results/0/status")
                .asText())
        .isEqualTo("ACCEPTED");
  }

  private static Map<String, Object> items(String... refs) {
    var items = new ArrayList<Map<String, Object>>();
    for (var ref : refs) {
      var item = purchase("ada", "o-" + ref, 5);
      item.put("source_ref", ref);
      items.add(item);
    }
    return Map.of("items", items);
  }

  @Test
  void retry_after_may_have_decimals() {
    set(FaultRule.of(new Fault.Status(429, Duration.ofMillis(1_500))).on("/oauth/token"));
    assertThat(xcn.token().raw().headers().firstValue("Retry-After")).hasValue("1.5");
  }

  @Test
  void a_delay_applies_late_and_apply_then_delay_at_once() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      set(FaultRule.of(new Fault.ApplyThenDelay(Duration.ofMillis(1_500))).next(1));
      var slow = threads.submit(() -> earn("k1"));
      await().pollInterval(Duration.ofMillis(5)).until(() -> rrr.ledger().size() == 1);
      assertThat(slow.isDone()).isFalse();
      assertThat(slow.get().status()).isEqualTo(200);
    }
    set(FaultRule.of(new Fault.Delay(Duration.ofMillis(300))).next(1));
    var began = System.nanoTime();
    assertThat(earn("k2").status()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void an_expired_token_is_401_until_a_fresh_one() {
    set(FaultRule.of(new Fault.ExpireToken()).next(1));
    assertThat(earn("k").status()).isEqualTo(401);
    assertThat(earn("k").status()).isEqualTo(401);
    xcn.with("Authorization", "Bearer " + xcn.token().body().path("access_token").asText());
    assertThat(earn("k").status()).isEqualTo(200);
  }

  @Test
  void a_throttle_lets_its_rate_through() {
    set(FaultRule.of(new Fault.Throttle(1, Duration.ofSeconds(1))));
    var statuses = IntStream.range(0, 10).map(n -> earn("k" + n).status()).boxed().toList();
    assertThat(statuses).startsWith(200).contains(429);
  }

  @Test
  void an_outage_takes_the_token_endpoint_too_and_ends_in_time() {
    set(FaultRule.of(new Fault.Outage(false)).lasting(Duration.ofMinutes(5)));
    assertThat(earn("k").status()).isEqualTo(503);
    assertThat(xcn.token().status()).isEqualTo(503);
    rrr.advance(Duration.ofMinutes(5));
    assertThat(earn("k").status()).isEqualTo(200);
  }

  @Test
  void an_outage_can_begin_later_and_close_connections() {
    set(FaultRule.of(new Fault.Outage(true)).after(Duration.ofMinutes(1)));
    assertThat(earn("k1").status()).isEqualTo(200);
    rrr.advance(Duration.ofMinutes(1));
    unanswered("k2");
    rrr.faults().clear();
    assertThat(earn("k2").status()).isEqualTo(200);
  }

  @Test
  void one_order_can_be_poison_while_others_pass() {
    set(FaultRule.of(new Fault.Status(500)).matching("\"poison-7\""));
    assertThat(xcn.earn("k1", purchase("ada", "poison-7", 1)).status()).isEqualTo(500);
    assertThat(xcn.earn("k1", purchase("ada", "poison-7", 1)).status()).isEqualTo(500);
    assertThat(xcn.earn("k2", purchase("ada", "poison-77", 1)).status()).isEqualTo(200);
  }

  @Test
  void a_fault_keeps_to_its_endpoint() {
    set(FaultRule.of(new Fault.Status(500)).on("/v1/redemptions/*"));
    assertThat(earn("k").status()).isEqualTo(200);
    assertThat(xcn.reverse("r", "o1").status()).isEqualTo(500);
    assertThat(xcn.commit("c", Ids.named("q"), "o1", "ada").status()).isEqualTo(500);
  }

  @Test
  void the_earliest_fault_that_strikes_decides_and_the_later_keeps_its_turn() {
    set(FaultRule.of(new Fault.Status(500)).next(1));
    set(FaultRule.of(new Fault.Status(503)).next(1));
    assertThat(List.of(earn("k").status(), earn("k").status(), earn("k").status()))
        .containsExactly(500, 503, 200);
  }

  @Test
  void a_share_strikes_the_same_attempts_in_every_run_with_the_seed() throws Exception {
    var once = statuses(7);
    assertThat(once).filteredOn(status -> status == 500).hasSizeBetween(40, 80);
    assertThat(statuses(7)).isEqualTo(once);
    assertThat(statuses(8)).isNotEqualTo(once);
  }

  /** 200 calls at once, a share of 0.3 failing: the status of each key. */
  private List<Integer> statuses(long seed) throws Exception {
    try (var seeded =
            Simulator.start(SimulatorConfig.defaults().withoutRateLimit().withSeed(seed));
        var caller = new Caller(seeded);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      seeded.faults().add(FaultRule.of(new Fault.Status(500)).share(0.3));
      var answers = new ArrayList<Future<Caller.Got>>();
      for (var i = 0; i < 200; i++) {
        var n = i;
        answers.add(threads.submit(() -> caller.earn("k" + n, purchase("u" + n, "o" + n, 1))));
      }
      var result = new ArrayList<Integer>();
      for (var answer : answers) result.add(answer.get().status());
      return result;
    }
  }

  private void set(FaultRule rule) {
    rrr.faults().add(rule);
  }

  private Caller.Got earn(String key) {
    return xcn.earn(key, purchase("ada", "o-" + key, 25));
  }

  private void unanswered(String key) {
    // The JDK's client repeats nothing here: a POST is not idempotent to it.
    assertThatThrownBy(() -> earn(key)).isInstanceOf(UncheckedIOException.class);
  }
}
