package com.xxxchatnow.loyalty.redemption.stream;

import static com.xxxchatnow.loyalty.events.RedemptionOperation.COMMIT;
import static com.xxxchatnow.loyalty.events.RedemptionOperation.QUOTE;
import static com.xxxchatnow.loyalty.events.RedemptionOperation.REVERSE;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.CANCELLED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.COMMITTED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.COMMITTING;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.COMMIT_FAILED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.EXPIRED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.QUOTED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.QUOTING;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.REJECTED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.REVERSED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.REVERSE_FAILED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.REVERSING;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.redemption.machine.Event.Admission;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the design's table, through the topology with its stores and its wall clock. */
class SagaTopologyTest {
  private Scenario saga = Scenario.running();

  @AfterEach
  void close() {
    saga.close();
  }

  @Test
  void the_topology_is_the_one_whose_state_is_in_production() throws IOException {
    try (var golden = SagaTopologyTest.class.getResourceAsStream("topology.txt")) {
      assertThat(saga.description())
          .as("a changed name orphans a changelog: see README, Changing the topology")
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void a_paid_checkout_is_quoted_and_committed() {
    saga.requested("o-1").announces(QUOTING).calls(QUOTE, 1);
    saga.quoted("o-1", 1).announces(QUOTED);
    saga.paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
    saga.committed("o-1", 1).announces(COMMITTED).callsNothing();
  }

  @Test
  void a_late_quote_after_the_deadline_changes_nothing() {
    saga.requested("o-1").announces(QUOTING).calls(QUOTE, 1);
    saga.silentFor(Duration.ofMillis(2_999)).announcesNothing();
    saga.silentFor(Duration.ofMillis(1)).announces(REJECTED, Reason.RRR_UNAVAILABLE);
    saga.quoted("o-1", 1).announcesNothing();
  }

  @Test
  void a_request_that_is_read_late_has_what_is_left_of_its_time() {
    saga.requested("o-1", Duration.ofMillis(2_500)).announces(QUOTING).calls(QUOTE, 1);
    saga.silentFor(Duration.ofMillis(499)).announcesNothing();
    saga.silentFor(Duration.ofMillis(1)).announces(REJECTED, Reason.RRR_UNAVAILABLE);
  }

  @Test
  void a_request_that_is_read_after_its_deadline_is_rejected_and_RRR_is_spared() {
    saga.requested("o-1", Duration.ofSeconds(3)).announces(REJECTED, Reason.RRR_UNAVAILABLE);
    saga.callsNothing();
  }

  @Test
  void an_earlier_deadline_goes_before_the_ones_that_were_set_first() {
    saga.requested("o-1").announces(QUOTING).requested("o-2", Duration.ofSeconds(2));
    saga.announces(QUOTING).quotedCheckout("o-3");
    saga.silentFor(Duration.ofSeconds(1)).announces(REJECTED, Reason.RRR_UNAVAILABLE);
    saga.announcesNothing();
    saga.silentFor(Duration.ofSeconds(2)).announces(REJECTED, Reason.RRR_UNAVAILABLE);
    saga.silentFor(Duration.ofMinutes(30)).announces(EXPIRED, Reason.PAYMENT_TIMEOUT);
  }

  @Test
  void after_a_start_what_lay_there_is_read_before_deadlines_count() {
    saga.close();
    saga = new Scenario();
    saga.requested("o-1", Duration.ofMillis(2_900)).announces(QUOTING);
    saga.requested("o-2", Duration.ofMillis(2_900)).announces(QUOTING);
    saga.silentFor(Duration.ofMillis(1_900)).announcesNothing();
    saga.quoted("o-1", 1).announces(QUOTED);
    saga.requested("o-3", Duration.ofSeconds(4)).announces(REJECTED);
    saga.silentFor(Duration.ofMillis(1_990)).announcesNothing();
    saga.silentFor(Duration.ofMillis(10)).announces(REJECTED, Reason.RRR_UNAVAILABLE);
  }

  @Test
  void a_slow_clock_of_a_publisher_keeps_deadlines_waiting_for_a_minute_and_no_longer() {
    saga.close();
    saga = new Scenario();
    saga.requested("o-1");
    for (var second = 1; second < 60; second++)
      saga.silentFor(Duration.ofSeconds(1)).requested("slow-" + second, Duration.ofMinutes(5));
    assertThat(saga.redemptions().find("o-1").status()).isEqualTo(QUOTING);
    for (var second = 60; second <= 62; second++)
      saga.silentFor(Duration.ofSeconds(1)).requested("slow-" + second, Duration.ofMinutes(5));
    assertThat(saga.redemptions().find("o-1").status()).isEqualTo(REJECTED);
  }

  @Test
  void what_is_stored_is_found_by_order_and_by_status_the_longest_there_first() {
    saga.quotedCheckout("o-1").silentFor(Duration.ofSeconds(1)).quotedCheckout("o-2");
    saga.requested("o-3").announces(QUOTING).calls(QUOTE, 1);
    assertThat(saga.redemptions().find("o-2").version()).isEqualTo(2);
    assertThat(saga.redemptions().find("nobody")).isNull();
    assertThat(saga.redemptions().in(QUOTED, 10))
        .extracting(Redemption::orderId)
        .containsExactly("o-1", "o-2");
    assertThat(saga.redemptions().in(QUOTED, 1)).hasSize(1);
    assertThat(saga.redemptions().count(QUOTING)).isEqualTo(1);
    assertThat(saga.redemptions().oldest(QUOTED)).hasValue(saga.redemptions().find("o-1").at());
    assertThat(saga.redemptions().oldest(COMMITTED)).isEmpty();
  }

  @Test
  void a_thousand_waiting_checkouts_are_rejected_in_time() {
    for (var i = 0; i < 1_000; i++) saga.requested("o-" + i).announces(QUOTING).calls(QUOTE, 1);
    saga.silentFor(Duration.ofSeconds(3));
    for (var i = 0; i < 1_000; i++) saga.announces(REJECTED, Reason.RRR_UNAVAILABLE);
    saga.announcesNothing();
  }

  @Test
  void a_refused_quote_is_a_checkout_without_discount() {
    saga.requested("o-1").announces(QUOTING).calls(QUOTE, 1);
    saga.refused("o-1", QUOTE, 1, Reason.NOT_LINKED).announces(REJECTED, Reason.NOT_LINKED);
    saga.paid("o-1", null).announcesNothing();
  }

  @Test
  void flags_reject_new_requests_and_let_open_ones_finish() {
    saga.requested("o-1").announces(QUOTING).calls(QUOTE, 1);
    saga.admits(Admission.DISABLED);
    saga.requested("o-2").announces(REJECTED, Reason.DISABLED).callsNothing();
    saga.admits(Admission.OUT_OF_ROLLOUT);
    saga.requested("o-3").announces(REJECTED, Reason.OUT_OF_ROLLOUT).callsNothing();
    saga.quoted("o-1", 1).announces(QUOTED);
    saga.paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
  }

  @Test
  void paid_without_the_discount_lets_the_quote_lapse() {
    saga.quotedCheckout("o-1").paid("o-1", null).announces(CANCELLED).callsNothing();
  }

  @Test
  void a_failed_payment_is_reversed() {
    saga.quotedCheckout("o-1").payment("o-1", PaymentStatus.FAILED, null);
    saga.announces(REVERSING).calls(REVERSE, 1);
    saga.reversed("o-1", 1).announces(REVERSED);
  }

  @Test
  void nobody_pays_and_the_checkout_expires_and_is_paid_after_all() {
    saga.quotedCheckout("o-1").silentFor(Duration.ofMinutes(29)).announcesNothing();
    saga.silentFor(Duration.ofMinutes(2)).announces(EXPIRED, Reason.PAYMENT_TIMEOUT);
    saga.paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
  }

  @Test
  void an_expired_quote_is_quoted_again_and_committed() {
    saga.quotedCheckout("o-1").paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
    saga.refused("o-1", COMMIT, 1, Reason.QUOTE_EXPIRED).announces(COMMITTING).calls(QUOTE, 2);
    saga.quoted("o-1", 2).announces(COMMITTING).calls(COMMIT, 2);
    saga.committed("o-1", 2).announces(COMMITTED);
  }

  @Test
  void a_cancellation_waits_for_the_commit_and_is_then_reversed() {
    saga.quotedCheckout("o-1").paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
    saga.payment("o-1", PaymentStatus.CANCELLED, null).announces(COMMITTING).callsNothing();
    saga.committed("o-1", 1).announces(REVERSING).calls(REVERSE, 1);
    saga.reversed("o-1", 1).announces(REVERSED);
  }

  @Test
  void a_refused_commit_is_retried_by_an_operator_with_a_new_quote() {
    saga.quotedCheckout("o-1").paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
    saga.refused("o-1", COMMIT, 1, Reason.REFUSED_CONFLICT)
        .announces(COMMIT_FAILED, Reason.REFUSED_CONFLICT);
    saga.retry("o-1", 3).deadLetters(Topics.REDEMPTION_REPAIRS, Reason.INVALID);
    saga.retry("o-1", 4).announcesBy(COMMITTING, "ann").calls(QUOTE, 2);
    saga.quoted("o-1", 2).announces(COMMITTING).calls(COMMIT, 2);
    saga.committed("o-1", 2).announces(COMMITTED);
  }

  @Test
  void a_refused_reversal_is_settled_by_an_operator_by_name() {
    saga.quotedCheckout("o-1").payment("o-1", PaymentStatus.CANCELLED, null);
    saga.announces(REVERSING).calls(REVERSE, 1);
    saga.refused("o-1", REVERSE, 1, Reason.REFUSED_OTHER)
        .announces(REVERSE_FAILED, Reason.REFUSED_OTHER);
    saga.settle("o-1", 4, REVERSED).announcesBy(REVERSED, "ann").callsNothing();
  }

  @Test
  void a_discount_that_nobody_gave_is_a_dead_letter_for_an_unknown_order() {
    saga.paid("o-1", "q-1").deadLetters(Topics.PAYMENT_OUTCOMES, Reason.INVALID).announcesNothing();
    saga.paid("o-1", null).announcesNothing();
  }

  @Test
  void unreadable_bytes_take_the_same_road_and_hold_up_nothing() {
    saga.bytes(Topics.REDEMPTION_REQUESTS, "o-1", new byte[] {1, 2, 3});
    saga.deadLetters(Topics.REDEMPTION_REQUESTS, Reason.UNREADABLE);
    saga.bytes(Topics.PAYMENT_OUTCOMES, "o-1", null);
    saga.deadLetters(Topics.PAYMENT_OUTCOMES, Reason.INVALID);
    saga.requested("o-1").announces(QUOTING);
  }

  @Test
  void a_finished_redemption_leaves_store_and_indexes_after_its_retention() {
    saga.quotedCheckout("o-1").paid("o-1", null).announces(CANCELLED);
    assertThat(saga.stored()).isEqualTo(ReadOnlyRedemptionStore.ENTRIES_EACH);
    saga.silentFor(Duration.ofDays(31)).announcesNothing();
    assertThat(saga.stored()).isZero();
    saga.requested("o-1").announces(QUOTING);
  }

  @Test
  void traces_are_carried_from_record_to_call_and_announcement() {
    saga.requested("o-1").announces(QUOTING).carries("x-request-trace").calls(QUOTE, 1);
    saga.carries("x-request-trace");
  }

  @Test
  void a_deadline_goes_on_with_the_trace_that_led_to_it() {
    var checkout = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    var reply = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01";
    saga.traced(checkout).requested("o-1").announces(QUOTING).carries("traceparent", checkout);
    saga.calls(QUOTE, 1).carries("traceparent", checkout);
    saga.traced(reply).quoted("o-1", 1).announces(QUOTED).carries("traceparent", reply);
    saga.traced(null).silentFor(Duration.ofMinutes(31)).announces(EXPIRED);
    saga.carries("traceparent", reply);
  }

  @Test
  void what_is_no_trace_is_not_carried_on() {
    saga.traced("zaphod@example.com").requested("o-1").announces(QUOTING);
    saga.carriesNo("traceparent");
  }
}
