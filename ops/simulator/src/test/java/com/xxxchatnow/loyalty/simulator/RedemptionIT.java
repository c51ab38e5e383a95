package com.xxxchatnow.loyalty.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig.ExpiredQuote;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import com.xxxchatnow.loyalty.simulator.ledger.RedemptionOrder;
import com.xxxchatnow.loyalty.simulator.webhooks.WebhookDelivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedemptionIT {
  private final Simulator rrr =
      Simulator.start(
          SimulatorConfig.defaults()
              .withPointValueMinor(2)
              .withRedeemablePoints(10, 5_000)
              .withQuoteLifetime(Duration.ofMinutes(5)));
  private final Caller xcn = new Caller(rrr);

  @BeforeEach
  void ada_has_a_thousand_points() {
    rrr.grant("ada", 1_000);
  }

  @AfterEach
  void stop() {
    xcn.close();
    rrr.close();
  }

  @ParameterizedTest
  @CsvSource({
    // cart, mode, points, eligible, burned, at most
    "100000, EXACT, 500, true, 500, 1000",
    "100000, EXACT, 1000, true, 1000, 1000",
    "100000, EXACT, 1001, false, 0, 1000",
    "100000, EXACT, 9, false, 0, 1000",
    "600, EXACT, 301, false, 0, 300",
    "601, MAX, , true, 300, 300",
    "100000, MAX, , true, 1000, 1000",
    "19, MAX, , false, 0, 9",
  })
  void a_quote_is_bound_by_balance_cart_and_limits(
      long cart, String mode, Long points, boolean eligible, long burned, long atMost) {
    var requested = points == null ? Map.of("mode", mode) : Map.of("mode", mode, "points", points);
    var quote = xcn.quote("ada", cart, requested).body();

    assertThat(quote.path("eligible").asBoolean()).isEqualTo(eligible);
    assertThat(quote.path("min_points").asLong()).isEqualTo(10);
    assertThat(quote.path("max_points").asLong()).isEqualTo(atMost);
    assertThat(quote.at("/quote/points_to_burn").asLong()).isEqualTo(burned);
    assertThat(quote.at("/quote/discount_minor").asLong()).isEqualTo(burned * 2);
    assertThat(quote.has("quote_id")).isEqualTo(eligible);
    assertThat(rrr.balance("ada")).isEqualTo(1_000);
  }

  @Test
  void an_invalid_quote_is_refused() {
    assertThat(xcn.quote("ada", -1, Map.of("mode", "MAX")).status()).isEqualTo(422);
    assertThat(xcn.quote("ada", 100, Map.of("mode", "EXACT")).status()).isEqualTo(422);
    assertThat(xcn.quote("ada", 100, Map.of("mode", "SOME")).status()).isEqualTo(422);
    assertThat(xcn.quote("unlinked-bob", 100, Map.of("mode", "MAX")).status()).isEqualTo(404);
  }

  @Test
  void a_commit_burns_and_a_reverse_gives_back_exactly_that() {
    var quote = xcn.quoted("ada", 400);
    assertThat(xcn.commit("redemption_o1", quote, "o1", "ada").status()).isEqualTo(200);
    assertThat(rrr.balance("ada")).isEqualTo(600);

    var reversed = xcn.reverse("redemption_reverse_o1", "o1");
    assertThat(reversed.status()).isEqualTo(200);
    assertThat(reversed.body().path("points_restored").asLong()).isEqualTo(400);
    assertThat(rrr.ledger())
        .extracting(LedgerEntry::type, LedgerEntry::pointsDelta, LedgerEntry::balanceAfter)
        .containsExactly(
            tuple(LedgerEntry.Type.ADJUST, 1_000L, 1_000L),
            tuple(LedgerEntry.Type.REDEEM, -400L, 600L),
            tuple(LedgerEntry.Type.REVERSAL, 400L, 1_000L));
    assertThat(rrr.orders())
        .singleElement()
        .matches(order -> order.state() == RedemptionOrder.State.REVERSED);
    assertThat(rrr.webhooks())
        .extracting(WebhookDelivery::eventType)
        .containsExactly("REDEMPTION_COMMITTED", "POINTS_REVERSED", "REDEMPTION_REVERSED");
  }

  @Test
  void a_repeated_commit_or_reverse_under_its_key_does_nothing_more() {
    var quote = xcn.quoted("ada", 400);
    var first = xcn.commit("c", quote, "o1", "ada");
    assertThat(xcn.commit("c", quote, "o1", "ada").body()).isEqualTo(first.body());
    assertThat(rrr.balance("ada")).isEqualTo(600);

    var back = xcn.reverse("r", "o1");
    assertThat(xcn.reverse("r", "o1").body()).isEqualTo(back.body());
    assertThat(xcn.commit("c", quote, "o1", "ada").body()).isEqualTo(first.body());
    assertThat(rrr.balance("ada")).isEqualTo(1_000);
  }

  @Test
  void an_order_is_burned_once_whatever_the_key_or_quote() {
    var quote = xcn.quoted("ada", 400);
    var other = xcn.quoted("ada", 100);
    xcn.commit("c1", quote, "o1", "ada");

    conflict(xcn.commit("c2", quote, "o1", "ada"), "ORDER_COMMITTED");
    conflict(xcn.commit("c3", other, "o1", "ada"), "ORDER_COMMITTED");
    conflict(xcn.commit("c4", quote, "o2", "ada"), "QUOTE_USED");
    assertThat(rrr.balance("ada")).isEqualTo(600);
  }

  @Test
  void a_reversed_order_is_neither_committed_nor_reversed_again() {
    xcn.commit("c1", xcn.quoted("ada", 400), "o1", "ada");
    xcn.reverse("r1", "o1");

    conflict(xcn.commit("c2", xcn.quoted("ada", 400), "o1", "ada"), "ORDER_REVERSED");
    conflict(xcn.reverse("r2", "o1"), "ORDER_REVERSED");
    assertThat(rrr.balance("ada")).isEqualTo(1_000);
  }

  @Test
  void an_order_never_committed_cannot_be_reversed() {
    var refused = xcn.reverse("r", "o1");
    assertThat(refused.status()).isEqualTo(404);
    assertThat(rrr.balance("ada")).isEqualTo(1_000);
  }

  @Test
  void a_quote_that_is_unknown_or_another_members_is_404() {
    rrr.grant("bob", 1_000);
    var bobs = xcn.quoted("bob", 100);
    assertThat(xcn.commit("c1", Ids.named("none"), "o1", "ada").status()).isEqualTo(404);
    assertThat(xcn.commit("c2", bobs, "o1", "ada").status()).isEqualTo(404);
    assertThat(rrr.orders()).isEmpty();
  }

  @Test
  void an_expired_quote_burns_nothing_and_gives_the_reason() {
    var quote = xcn.quoted("ada", 400);
    rrr.advance(Duration.ofMinutes(5));

    conflict(xcn.commit("c", quote, "o1", "ada"), "QUOTE_EXPIRED");
    assertThat(rrr.balance("ada")).isEqualTo(1_000);
    assertThat(xcn.commit("c2", xcn.quoted("ada", 400), "o1", "ada").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "CONFLICT, 409, ''",
    "VALIDATION_FAILED_WITH_REASON, 422, QUOTE_EXPIRED",
    "VALIDATION_FAILED, 422, ''",
    "NOT_FOUND, 404, ''",
  })
  void an_expired_quote_can_be_refused_in_every_way_that_rrr_leaves_open(
      ExpiredQuote way, int status, String reason) {
    try (var other = Simulator.start(SimulatorConfig.defaults().withExpiredQuote(way));
        var caller = new Caller(other)) {
      other.grant("ada", 500);
      var quote = caller.quoted("ada", 400);
      other.advance(Duration.ofMinutes(20));
      var refused = caller.commit("c", quote, "o1", "ada");
      assertThat(refused.status()).isEqualTo(status);
      assertThat(refused.detail("reason")).isEqualTo(reason);
    }
  }

  @Test
  void a_quote_reserves_nothing_so_a_commit_may_come_too_late() {
    var first = xcn.quoted("ada", 800);
    var second = xcn.quoted("ada", 800);
    assertThat(xcn.commit("c1", first, "o1", "ada").status()).isEqualTo(200);

    conflict(xcn.commit("c2", second, "o2", "ada"), "INSUFFICIENT_POINTS");
    assertThat(rrr.balance("ada")).isEqualTo(200);
  }

  @Test
  void commits_at_once_never_burn_more_than_there_is() throws Exception {
    var quotes = new ArrayList<String>();
    for (var i = 0; i < 30; i++) quotes.add(xcn.quoted("ada", 90));
    var answers = new ArrayList<Future<Caller.Got>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < quotes.size(); i++) {
        var n = i;
        answers.add(threads.submit(() -> xcn.commit("c" + n, quotes.get(n), "o" + n, "ada")));
      }
    }
    var burned = 0;
    for (var answer : answers) if (answer.get().status() == 200) burned++;
    assertThat(burned).isEqualTo(11);
    assertThat(rrr.balance("ada")).isEqualTo(10);
  }

  private static void conflict(Caller.Got refused, String reason) {
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("CONFLICT");
    assertThat(refused.detail("reason")).isEqualTo(reason);
  }
}
