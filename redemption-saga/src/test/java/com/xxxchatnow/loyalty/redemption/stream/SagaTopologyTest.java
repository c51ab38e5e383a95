package com.xxxchatnow.loyalty.redemption.stream;

import static com.xxxchatnow.loyalty.events.Reason.INVALID;
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
import static com.xxxchatnow.loyalty.kit.deadletter.DeadLetter.CUT;
import static com.xxxchatnow.loyalty.kit.deadletter.DeadLetter.DETAIL;
import static com.xxxchatnow.loyalty.redemption.machine.Transitions.MISPLACED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.redemption.machine.Event.Admission;
import com.xxxchatnow.loyalty.redemption.machine.PaymentDoubt;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows of the design's table, through the topology with its stores and its wall clock. */
class SagaTopologyTest {
  private static final String TOO_LARGE =
      "the value has 3145728 bytes, more than the 262144 allowed; send a smaller one";

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
          .isEqualToIgnoringNewLines(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
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
    saga.paid("o-1", null).announces(REJECTED, Reason.NOT_LINKED).callsNothing();
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

  static Stream<Topic<?>> sources() {
    return Stream.of(
        Topics.REDEMPTION_REQUESTS,
        Topics.PAYMENT_OUTCOMES,
        Topics.REDEMPTION_REPLIES,
        Topics.REDEMPTION_REPAIRS);
  }

  @ParameterizedTest
  @MethodSource("sources")
  void what_an_outsider_writes_is_dead_lettered_alone_and_its_publisher_hears_of_it(
      Topic<?> topic) {
    saga.bytes(topic, "o-1", "{}".getBytes(StandardCharsets.UTF_8));
    saga.deadLetters(topic, Reason.UNREADABLE).carries(DETAIL, "no magic byte (0x7b): JSON?");
    saga.rejects(topic, Reason.UNREADABLE);
    saga.bytes(topic, "o-1", null).deadLetters(topic, Reason.INVALID).rejects(topic, INVALID);
    saga.bytes(topic, "o-1", saga.value(Topics.FLAGS, "just a string"));
    saga.deadLetters(topic, Reason.UNREADABLE).rejects(topic, Reason.UNREADABLE);
    var foreign = new FlagChanged("RRR_EARN_ENABLED", "false", "ann", Instant.EPOCH);
    saga.bytes(topic, "o-1", saga.value(Topics.FLAGS, foreign));
    saga.deadLetters(topic, Reason.INVALID).rejects(topic, Reason.INVALID);
    saga.bytes(topic, "o-1", new byte[3 << 20]).deadLetters(topic, Reason.INVALID);
    saga.carries(CUT).carries(DETAIL, TOO_LARGE).rejects(topic, Reason.INVALID);
    saga.requested("o-1").announces(QUOTING);
  }

  @Test
  void a_record_without_a_timestamp_is_read_as_of_now() {
    saga.timeless().requested("o-1").announces(QUOTING).calls(QUOTE, 1);
    saga.quoted("o-1", 1).announces(QUOTED);
    saga.paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
  }

  @Test
  void a_request_in_another_partition_is_rejected_with_that_as_the_fault() {
    saga.misplaced().requested("o-1").announces(REJECTED, Reason.INVALID).callsNothing();
    assertThat(saga.redemptions().find("o-1").detail()).contains("murmur2");
  }

  @Test
  void an_outcome_in_another_partition_is_dead_lettered_with_that_as_the_fault() {
    saga.quotedCheckout("o-1").misplaced().paid("o-1", "q-1").announcesNothing();
    saga.deadLetters(Topics.PAYMENT_OUTCOMES, Reason.INVALID).carries(DETAIL, MISPLACED);
    saga.rejects(Topics.PAYMENT_OUTCOMES, Reason.INVALID);
  }

  @Test
  void lists_and_queries_wait_for_what_is_not_committed_and_never_show_it() throws Exception {
    var committed = saga.committedRedemptions();
    saga.quotedCheckout("o-1");
    assertThatThrownBy(() -> committed.in(QUOTED, 10, Duration.ZERO))
        .isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> committed.find("o-1", Duration.ZERO))
        .isInstanceOf(TimeoutException.class);
    saga.commits("o-1", 1);
    assertThatThrownBy(() -> committed.in(QUOTED, 10, Duration.ZERO))
        .isInstanceOf(TimeoutException.class);
    saga.commits("o-1", 2);
    assertThat(committed.in(QUOTED, 10, Duration.ZERO)).hasSize(1);
    assertThat(committed.find("o-1", Duration.ZERO).status()).isEqualTo(QUOTED);
  }

  @Test
  void a_newer_payment_without_the_discount_gives_the_points_back() {
    saga.quotedCheckout("o-1").paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
    saga.committed("o-1", 1).announces(COMMITTED);
    saga.silentFor(Duration.ofSeconds(1)).paid("o-1", null).announces(REVERSING).calls(REVERSE, 1);
    saga.reversed("o-1", 1).announces(REVERSED);
  }

  @Test
  void a_newer_payment_that_charged_the_discount_and_only_does_not_name_it_is_the_same_payment() {
    saga.quotedCheckout("o-1").paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 1);
    saga.silentFor(Duration.ofSeconds(1));
    saga.payment("o-1", PaymentStatus.SUCCEEDED, null, saga.now(), 4_500L).announces(COMMITTING);
    saga.committed("o-1", 1).announces(COMMITTED).callsNothing();
    assertThat(saga.doubts(PaymentDoubt.QUOTE_NOT_NAMED)).isEqualTo(1);
  }

  @Test
  void another_charge_than_the_total_less_the_discount_is_counted_and_stops_no_commit() {
    saga.quotedCheckout("o-1").payment("o-1", PaymentStatus.SUCCEEDED, "q-1", saga.now(), 4_999L);
    saga.announces(COMMITTING).calls(COMMIT, 1);
    assertThat(saga.doubts(PaymentDoubt.CHARGED_OTHERWISE)).isEqualTo(1);
  }

  @Test
  void a_payment_nodes_clock_that_is_ahead_does_not_outrank_the_cancellation_after_it() {
    var ahead = saga.now().plusSeconds(299);
    saga.quotedCheckout("o-1").payment("o-1", PaymentStatus.SUCCEEDED, "q-1", ahead, null);
    saga.announces(COMMITTING).calls(COMMIT, 1).committed("o-1", 1).announces(COMMITTED);
    saga.silentFor(Duration.ofSeconds(1)).payment("o-1", PaymentStatus.CANCELLED, null);
    saga.announces(REVERSING).calls(REVERSE, 1);
  }

  @Test
  void a_stop_that_a_payment_overrules_is_counted() {
    var before = saga.now().minusSeconds(700);
    saga.quotedCheckout("o-1").paid("o-1", "q-1").announces(COMMITTING);
    saga.payment("o-1", PaymentStatus.CANCELLED, null, before, null).announcesNothing();
    assertThat(saga.doubts(PaymentDoubt.STOP_OVERRULED)).isEqualTo(1);
  }

  @Test
  void a_time_in_another_unit_is_a_dead_letter_that_says_which_and_the_next_outcome_counts() {
    saga.quotedCheckout("o-1");
    var micros = Instant.ofEpochMilli(saga.now().toEpochMilli() * 1_000);
    saga.payment("o-1", PaymentStatus.SUCCEEDED, "q-1", micros, null);
    invalid("occurred_at looks like microseconds; it takes milliseconds");
    var seconds = Instant.ofEpochMilli(saga.now().getEpochSecond());
    saga.payment("o-1", PaymentStatus.SUCCEEDED, "q-1", seconds, null);
    invalid("occurred_at looks like seconds; it takes milliseconds");
    saga.payment("o-1", PaymentStatus.SUCCEEDED, "q-1", Instant.EPOCH, null);
    invalid("occurred_at is 0: it was not set");
    saga.payment("o-1", PaymentStatus.SUCCEEDED, "q-1", saga.now().plusSeconds(301), null);
    invalid("occurred_at is more than 5 minutes ahead");
    saga.payment("o-1", PaymentStatus.CANCELLED, null).announces(REVERSING);
  }

  private void invalid(String detail) {
    saga.announcesNothing().deadLetters(Topics.PAYMENT_OUTCOMES, INVALID).carries(DETAIL, detail);
    saga.rejects(Topics.PAYMENT_OUTCOMES, INVALID);
  }

  @Test
  void a_blank_quote_id_is_none() {
    saga.quotedCheckout("o-1").paid("o-1", " ").announces(CANCELLED);
    saga.quotedCheckout("o-2").paid("o-2", "").announces(CANCELLED);
  }

  @Test
  void an_id_that_was_not_UTF_8_is_a_dead_letter() {
    saga.requested("M\uFFFDller-1").announcesNothing();
    saga.deadLetters(Topics.REDEMPTION_REQUESTS, INVALID);
    saga.rejects(Topics.REDEMPTION_REQUESTS, INVALID);
  }

  @Test
  void another_cart_gets_a_quote_of_its_own_and_the_announcement_names_its_request() {
    saga.quotedCheckout("o-1").silentFor(Duration.ofSeconds(1)).requested("o-1", "r-2", 300);
    saga.announces(QUOTING).calls(QUOTE, 2).quoted("o-1", 2).announces(QUOTED);
    assertThat(saga.redemptions().find("o-1").request().getRequestId()).isEqualTo("r-2");
    saga.paid("o-1", "q-2").announces(COMMITTING).calls(COMMIT, 2);
    saga.requested("o-1", "r-3", 400).announcesNothing();
  }

  @Test
  void a_payment_with_the_quote_of_an_earlier_request_commits_that_quote() {
    saga.quotedCheckout("o-1").silentFor(Duration.ofSeconds(1)).requested("o-1", "r-2", 300);
    saga.announces(QUOTING).calls(QUOTE, 2).quoted("o-1", 2).announces(QUOTED);
    saga.paid("o-1", "q-1").announces(COMMITTING).calls(COMMIT, 3);
    assertThat(saga.redemptions().find("o-1").quote().id()).isEqualTo("q-1");
    saga.committed("o-1", 3).announces(COMMITTED);
  }

  @Test
  void the_same_request_id_with_another_cart_is_a_dead_letter_and_a_new_id_a_request() {
    saga.requested("o-1", "r-1", 5_000).announces(QUOTING).calls(QUOTE, 1);
    saga.requested("o-1", "r-1", 300).announcesNothing();
    saga.deadLetters(Topics.REDEMPTION_REQUESTS, Reason.OTHER_REQUEST);
    saga.requested("o-1", "r-1", 5_000).announcesNothing();
    saga.silentFor(Duration.ofSeconds(3)).announces(REJECTED, Reason.RRR_UNAVAILABLE);
    saga.requested("o-1", "r-2", 5_000).announces(QUOTING).calls(QUOTE, 2);
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
