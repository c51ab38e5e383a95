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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
  void apply_then_drop_applies_and_the_same_key_is_told_later() {
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
  void a_page_of_html_says_200_whether_it_applied_or_not() {
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
    var once = fates(7);
    assertThat(once).filteredOn(status -> status == 500).hasSizeBetween(40, 80);
    assertThat(fates(7)).isEqualTo(once);
    assertThat(fates(8)).isNotEqualTo(once);
  }

  /** 200 calls at once, a share of 0.3 failing: the status of each key. */
  private List<Integer> fates(long seed) throws Exception {
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
      var statuses = new ArrayList<Integer>();
      for (var answer : answers) statuses.add(answer.get().status());
      return statuses;
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
