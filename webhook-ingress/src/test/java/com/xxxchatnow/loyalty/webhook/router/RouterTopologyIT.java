package com.xxxchatnow.loyalty.webhook.router;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.xxxchatnow.loyalty.events.ConfirmationKind;
import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PromotionStatus;
import com.xxxchatnow.loyalty.events.TransferStatus;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.LocalPipeline;
import com.xxxchatnow.loyalty.webhook.edge.Webhook;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTopologyIT {
  private LocalRouter router;

  @BeforeEach
  void open(@TempDir Path state) {
    router = new LocalRouter(state);
  }

  @AfterEach
  void close() {
    router.close();
  }

  @Test
  void the_picture_is_the_one_that_was_reviewed() throws IOException {
    try (var golden = getClass().getResourceAsStream("router-topology.txt")) {
      assertThat(router.topology().describe().toString())
          .isEqualTo(new String(golden.readAllBytes(), UTF_8));
    }
  }

  @Test
  void points_that_were_posted_are_told_under_their_member() {
    router.receives(Webhook.posted("e-1", "m-1", 150, "entry-1"));

    var published = router.published(Topics.POINTS_POSTED);
    assertThat(published)
        .singleElement()
        .satisfies(it -> {
          assertThat(it.key()).isEqualTo("m-1");
          assertThat(it.value())
              .isEqualTo(
                  PointsPosted.newBuilder()
                      .setEventId("e-1")
                      .setMemberId("m-1")
                      .setPointsDelta(150)
                      .setLedgerEntryId("entry-1")
                      .setSourceRef("o-1:1")
                      .setReceivedAt(router.now())
                      .build());
        });
  }

  @Test
  void every_type_of_the_contract_has_its_topic_and_its_key() {
    router.receives(
        Webhook.of(
            "e-1",
            "POINTS_REVERSED",
            Map.of(
                "member_id",
                "m-1",
                "points_delta",
                -5,
                "reason",
                "FRAUD",
                "ledger_entry_id",
                "l-1")),
        Webhook.of(
            "e-2",
            "REDEMPTION_COMMITTED",
            Map.of(
                "member_id",
                "m-1",
                "points_burned",
                500,
                "discount_minor",
                1000,
                "order_id",
                "o-1")),
        Webhook.of(
            "e-3",
            "REDEMPTION_REVERSED",
            Map.of(
                "member_id",
                "m-1",
                "points_restored",
                500,
                "order_id",
                "o-1",
                "reason",
                "CANCELLED")),
        Webhook.link("e-4", "m-1", "u-1", "ACTIVE"),
        Webhook.of(
            "e-5",
            "PROMOTION_STATUS_CHANGED",
            Map.of("promotion_id", "p-1", "status", "ACTIVE", "previous_status", "DRAFT")),
        transfer("e-6", "TRANSFER_COMPLETED"),
        transfer("e-7", "TRANSFER_REVERSED").with("reason", "MISTAKE"));

    assertThat(router.published(Topics.POINTS_REVERSED))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.key()).isEqualTo("m-1");
          assertThat(it.value().getPointsDelta()).isEqualTo(-5);
          assertThat(it.value().getReason()).isEqualTo("FRAUD");
        });
    assertThat(router.published(Topics.REDEMPTION_CONFIRMATIONS))
        .satisfiesExactly(
            it -> {
              assertThat(it.key()).isEqualTo("o-1");
              assertThat(it.value().getKind()).isEqualTo(ConfirmationKind.COMMITTED);
              assertThat(it.value().getPoints()).isEqualTo(500);
              assertThat(it.value().getDiscountMinor()).isEqualTo(1000);
            },
            it -> {
              assertThat(it.key()).isEqualTo("o-1");
              assertThat(it.value().getKind()).isEqualTo(ConfirmationKind.REVERSED);
              assertThat(it.value().getReason()).isEqualTo("CANCELLED");
            });
    assertThat(router.published(Topics.LINK_UPDATES))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.key()).isEqualTo("u-1");
          assertThat(it.value().getStatus()).isEqualTo(LinkStatus.ACTIVE);
        });
    assertThat(router.published(Topics.PROMOTIONS))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.key()).isEqualTo("p-1");
          assertThat(it.value().getPreviousStatus()).isEqualTo(PromotionStatus.DRAFT);
        });
    assertThat(router.published(Topics.TRANSFERS))
        .extracting(it -> it.value().getStatus())
        .containsExactly(TransferStatus.COMPLETED, TransferStatus.REVERSED);
  }

  @Test
  void an_event_that_comes_again_within_seven_days_is_published_once() {
    router.receives(Webhook.posted("e-1", "m-1")).waits(Duration.ofDays(7).minusMinutes(1));
    router.receives(Webhook.posted("e-1", "m-1"));

    assertThat(router.published(Topics.POINTS_POSTED)).hasSize(1);
    assertThat(router.count(RouterMetrics.DUPLICATES, "by", "event")).isEqualTo(1);
  }

  @Test
  void after_the_window_the_store_has_forgotten() {
    router.receives(Webhook.posted("e-1", "m-1")).waits(Duration.ofDays(7).plusMinutes(1));
    router.receives(Webhook.posted("e-1", "m-1"));

    assertThat(router.published(Topics.POINTS_POSTED)).hasSize(2);
  }

  @Test
  void the_window_is_measured_from_the_arrival_here_not_by_the_record_s_own_time() {
    var old = Webhook.posted("e-1", "m-1").received(router.now().minus(Duration.ofDays(20)));
    router.receives(old).receives(Webhook.posted("e-2", "m-1")).receives(old);

    assertThat(router.values(Topics.POINTS_POSTED))
        .extracting(PointsPosted::getEventId)
        .containsExactly("e-1", "e-2");
  }

  @Test
  void an_event_is_published_once_though_the_clock_is_behind_the_one_that_marked_it() {
    router.receives(Webhook.posted("e-1", "m-1")).clockJumps(Duration.ofMillis(-1));
    router.receives(Webhook.posted("e-1", "m-1"));
    router.clockJumps(Duration.ofDays(-30)).receives(Webhook.posted("e-1", "m-1"));

    assertThat(router.published(Topics.POINTS_POSTED)).hasSize(1);
  }

  @Test
  void a_clock_that_was_ten_days_ahead_neither_drops_marks_nor_keeps_new_ones_out() {
    router.receives(Webhook.posted("e-1", "m-1")).clockJumps(Duration.ofDays(10));
    router.receives(Webhook.posted("e-2", "m-1"), Webhook.posted("e-3", "m-1"));
    router.clockJumps(Duration.ofDays(-10)).waits(Duration.ofHours(1));

    for (var event : List.of("e-1", "e-2", "e-3", "e-4", "e-4"))
      router.receives(Webhook.posted(event, "m-1"));

    assertThat(router.values(Topics.POINTS_POSTED))
        .extracting(PointsPosted::getEventId)
        .containsExactly("e-1", "e-2", "e-3", "e-4");
  }

  @Test
  void the_marks_of_an_owner_whose_clock_was_ahead_are_found_by_the_next_one() {
    var now = router.now().toEpochMilli();
    var ahead = now + Duration.ofDays(10).toMillis();
    owner().before("e-1", null, false, now);
    owner().before("e-2", null, false, ahead);
    var next = owner();
    next.before("e-3", null, false, now);

    for (var event : List.of("e-1", "e-2", "e-3"))
      assertThat(next.before(event, null, false, now)).as(event).isEqualTo("event");
  }

  @Test
  void marks_that_an_earlier_release_made_ten_days_ahead_do_not_switch_dedup_off() {
    var now = router.now().toEpochMilli();
    WindowStore<String, byte[]> store = router.driver.getWindowStore(DedupStore.STORE);
    store.put("event:e-1", new byte[] {0}, now + Duration.ofDays(10).toMillis());
    var next = owner();

    assertThat(next.before("e-1", null, false, now)).isEqualTo("event");
    assertThat(next.before("e-2", null, false, now)).isNull();
    assertThat(next.before("e-2", null, false, now)).isEqualTo("event");
  }

  /** An instance that becomes the owner of the task. */
  private DedupStore owner() {
    return new DedupStore(router.driver.getWindowStore(DedupStore.STORE), () -> 0);
  }

  @Test
  void an_event_from_the_ledger_and_its_late_webhook_are_one() {
    var webhook = Webhook.posted("e-1", "m-1", 10, "l-1");
    var backfill = backfill("backfill:l-1", webhook);

    router.receives(backfill).receives(webhook).receives(backfill);

    assertThat(router.values(Topics.POINTS_POSTED))
        .singleElement()
        .satisfies(it -> assertThat(it.getBackfilled()).isTrue());
    assertThat(router.count(RouterMetrics.DUPLICATES, "by", "business")).isEqualTo(1);
  }

  @Test
  void a_webhook_and_a_later_backfill_of_its_entry_are_one() {
    var webhook = Webhook.posted("e-1", "m-1", 10, "l-1");

    router.receives(webhook).receives(backfill("backfill:l-1", webhook));

    assertThat(router.values(Topics.POINTS_POSTED))
        .extracting(PointsPosted::getEventId)
        .containsExactly("e-1");
  }

  @Test
  void two_webhooks_of_one_ledger_entry_are_two_events() {
    router.receives(
        Webhook.posted("e-1", "m-1", 10, "l-1"), Webhook.posted("e-2", "m-1", 10, "l-1"));

    assertThat(router.published(Topics.POINTS_POSTED)).hasSize(2);
  }

  @Test
  void a_reversal_that_names_the_reversed_entry_is_an_event_of_its_own() {
    var reversal =
        Webhook.of(
            "e-2",
            "POINTS_REVERSED",
            Map.of(
                "member_id",
                "m-1",
                "points_delta",
                -10,
                "reason",
                "FRAUD",
                "ledger_entry_id",
                "l-1"));

    router
        .receives(Webhook.posted("e-1", "m-1", 10, "l-1"))
        .receives(backfill("backfill:l-1:reversed", reversal));

    assertThat(router.published(Topics.POINTS_POSTED)).hasSize(1);
    assertThat(router.published(Topics.POINTS_REVERSED)).hasSize(1);
  }

  @Test
  void the_user_is_known_while_the_link_is_active() {
    router.receives(
        Webhook.posted("e-1", "m-1"),
        Webhook.link("e-2", "m-1", "u-1", "PENDING"),
        Webhook.posted("e-3", "m-1"),
        Webhook.link("e-4", "m-1", "u-1", "ACTIVE"),
        Webhook.posted("e-5", "m-1"),
        Webhook.posted("e-6", "m-2"),
        Webhook.link("e-7", "m-1", "u-1", "REVOKED"),
        Webhook.posted("e-8", "m-1"));

    assertThat(router.values(Topics.POINTS_POSTED))
        .extracting(PointsPosted::getUserId)
        .containsExactly(null, null, "u-1", null, null);
  }

  @Test
  void the_end_of_an_old_link_is_not_the_last_word_on_a_user_who_has_a_new_one() {
    router.receives(
        Webhook.link("e-1", "m-1", "u-1", "ACTIVE"),
        Webhook.link("e-2", "m-2", "u-1", "ACTIVE"),
        Webhook.link("e-3", "m-1", "u-1", "REVOKED"));

    assertThat(router.values(Topics.LINK_UPDATES))
        .extracting(LinkUpdated::getEventId)
        .containsExactly("e-1", "e-2");
    assertThat(router.count(RouterMetrics.SUPERSEDED)).isEqualTo(1);
  }

  @Test
  void an_older_link_that_comes_late_is_not_the_last_word_either() {
    var older = Webhook.link("e-1", "m-1", "u-1", "ACTIVE").received(router.now());
    router.waits(Duration.ofSeconds(1)).receives(Webhook.link("e-2", "m-2", "u-1", "ACTIVE"));
    router.receives(older);

    assertThat(router.values(Topics.LINK_UPDATES))
        .extracting(LinkUpdated::getEventId)
        .containsExactly("e-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PENDING", "EXPIRED", "REVOKED"})
  void what_becomes_of_an_old_link_says_nothing_about_a_newer_one(String status) {
    router.receives(
        Webhook.link("e-1", "m-2", "u-1", "ACTIVE"), Webhook.link("e-2", "m-1", "u-1", status));

    assertThat(router.values(Topics.LINK_UPDATES))
        .extracting(LinkUpdated::getEventId)
        .containsExactly("e-1");
  }

  @Test
  void a_repeated_pending_does_not_hide_that_the_link_is_active() {
    router.receives(
        Webhook.link("e-1", "m-1", "u-1", "PENDING"),
        Webhook.link("e-2", "m-1", "u-1", "ACTIVE"),
        Webhook.link("e-3", "m-1", "u-1", "PENDING"),
        Webhook.link("e-4", "m-1", "u-1", "REVOKED"));

    assertThat(router.values(Topics.LINK_UPDATES))
        .extracting(LinkUpdated::getEventId)
        .containsExactly("e-1", "e-2", "e-4");
  }

  @Test
  void a_link_that_begins_outranks_the_end_of_another_whatever_the_servers_clocks_say() {
    router.receives(Webhook.link("e-1", "m-1", "u-1", "REVOKED"));
    router.clockJumps(Duration.ofMillis(-5)).receives(Webhook.link("e-2", "m-2", "u-1", "ACTIVE"));

    assertThat(router.values(Topics.LINK_UPDATES))
        .extracting(LinkUpdated::getReceivedAt)
        .as("readers take the newest by this time")
        .containsExactly(router.now().plusMillis(5), router.now().plusMillis(6));
  }

  @Test
  void the_late_end_of_a_former_user_s_link_leaves_the_present_user_s_name() {
    router.receives(
        Webhook.link("e-1", "m-1", "u-1", "ACTIVE"),
        Webhook.link("e-2", "m-1", "u-2", "ACTIVE"),
        Webhook.link("e-3", "m-1", "u-1", "REVOKED"),
        Webhook.posted("e-4", "m-1"));

    assertThat(router.values(Topics.POINTS_POSTED))
        .extracting(PointsPosted::getUserId)
        .containsExactly("u-2");
  }

  @Test
  void a_webhook_lifts_no_unlink_that_was_made_here() {
    router.follows(known(LinkSource.LOCAL, LinkStatus.REVOKED)).waits(Duration.ofMinutes(1));
    router.follows(known(LinkSource.WEBHOOK, LinkStatus.ACTIVE));
    router.receives(Webhook.link("e-1", "m-1", "u-1", "ACTIVE"));
    router.follows(known(LinkSource.RRR_STATUS, LinkStatus.ACTIVE)).waits(Duration.ofMinutes(1));
    router.receives(Webhook.link("e-2", "m-1", "u-1", "REVOKED"));

    assertThat(router.values(Topics.LINK_UPDATES))
        .extracting(LinkUpdated::getEventId)
        .containsExactly("e-2");
  }

  @Test
  void a_webhook_that_is_not_newer_than_another_writer_s_word_is_left_out() {
    var late = Webhook.link("e-1", "m-1", "u-1", "REVOKED").received(router.now());
    router.follows(known(LinkSource.RRR_STATUS, LinkStatus.ACTIVE)).receives(late);

    assertThat(router.values(Topics.LINK_UPDATES)).isEmpty();
  }

  @Test
  void a_user_who_was_forgotten_is_known_anew_from_the_next_webhook() {
    router.follows(known(LinkSource.LOCAL, LinkStatus.REVOKED)).follows("u-1", null);
    router.receives(Webhook.link("e-1", "m-1", "u-1", "ACTIVE"));

    assertThat(router.values(Topics.LINK_UPDATES))
        .extracting(LinkUpdated::getEventId)
        .containsExactly("e-1");
  }

  @Test
  void a_link_that_can_not_be_read_is_a_dead_letter_and_the_next_is_followed() {
    router.follows("u-1", "not Avro".getBytes(UTF_8));
    router.follows(known(LinkSource.LOCAL, LinkStatus.REVOKED));
    router.receives(Webhook.link("e-1", "m-1", "u-1", "ACTIVE"));

    assertThat(router.deadLetters(Topics.LINK_UPDATES))
        .singleElement()
        .satisfies(it -> assertThat(text(it.headers(), "dlt.reason")).isEqualTo("UNREADABLE"));
    assertThat(router.values(Topics.REJECTIONS))
        .singleElement()
        .satisfies(it -> assertThat(it.getSourceTopic()).isEqualTo(Topics.LINK_UPDATES.name()));
    assertThat(router.values(Topics.LINK_UPDATES)).isEmpty();
  }

  private LinkUpdated known(LinkSource source, LinkStatus status) {
    return LinkUpdated.newBuilder()
        .setEventId("known")
        .setUserId("u-1")
        .setMemberId("m-1")
        .setStatus(status)
        .setReceivedAt(router.now())
        .setSource(source)
        .build();
  }

  @Test
  void fields_nobody_knows_are_ignored() {
    router.receives(Webhook.posted("e-1", "m-1").with("news", Map.of("deep", 1)));

    assertThat(router.published(Topics.POINTS_POSTED)).hasSize(1);
  }

  @Test
  void an_unknown_type_stays_where_it_is_and_is_counted_under_a_bounded_label() {
    IntStream.range(0, 100)
        .forEach(i ->
            router.receives(
                Webhook.of("e-" + i, "NEWS_" + Character.toString('A' + i % 50), Map.of())));
    router.receives(Webhook.of("e-x", "<script>", Map.of()));

    assertThat(router.deadLetters()).isEmpty();
    assertThat(router.count(RouterMetrics.UNKNOWN_TYPES, "type", "NEWS_A")).isEqualTo(2);
    assertThat(router.meters.find(RouterMetrics.UNKNOWN_TYPES).counters()).hasSize(21);
  }

  @Test
  void a_known_type_whose_data_does_not_fit_is_a_dead_letter_that_tells_no_value() {
    router.receives(
        Webhook.posted("e-1", "m-1").with("points_delta", "secret").without("member_id"));

    assertThat(router.published(Topics.POINTS_POSTED)).isEmpty();
    assertThat(router.deadLetters())
        .singleElement()
        .satisfies(it -> {
          assertThat(new String(it.key(), UTF_8)).isEqualTo("e-1");
          assertThat(text(it.headers(), "dlt.reason")).isEqualTo("INVALID");
          assertThat(text(it.headers(), "dlt.detail"))
              .isEqualTo(
                  "data.member_id must be a string that is not blank; "
                      + "data.points_delta must be a whole number");
          assertThat(text(it.headers(), "dlt.source.topic")).isEqualTo("rrr.webhooks.v1");
          assertThat(text(it.headers(), "dlt.service")).isEqualTo("webhook-ingress");
        });
    assertThat(router.count(RouterMetrics.DEAD_LETTERS, "reason", "INVALID")).isEqualTo(1);
  }

  @Test
  void a_record_whose_id_is_not_its_body_s_is_a_dead_letter() {
    var forged = Webhook.posted("e-1", "m-1").received(router.now());
    forged.setEventId("e-2");
    router.receives(forged);

    assertThat(router.published(Topics.POINTS_POSTED)).isEmpty();
    assertThat(text(router.deadLetters().getFirst().headers(), "dlt.detail"))
        .isEqualTo("event_id is not the body's event_id");
  }

  @ParameterizedTest
  @CsvSource({
    "POINTS_POSTED, points_delta, 1.5",
    "POINTS_POSTED, points_delta, 99999999999999999999",
    "POINTS_POSTED, member_id, 7",
    "POINTS_POSTED, member_id, '\"  \"'",
    "LINK_UPDATED, status, '\"UNKNOWN\"'",
    "LINK_UPDATED, status, '\"active\"'",
    "LINK_UPDATED, client_user_id, null"
  })
  void data_that_does_not_fit_is_told_by_its_field(String type, String field, String value)
      throws IOException {
    var right =
        type.equals("LINK_UPDATED")
            ? Webhook.link("e-1", "m-1", "u-1", "ACTIVE")
            : Webhook.posted("e-1", "m-1");
    router.receives(right.with(field, new ObjectMapper().readTree(value)));

    assertThat(router.deadLetters())
        .singleElement()
        .satisfies(it -> {
          assertThat(text(it.headers(), "dlt.detail")).startsWith("data." + field + " must be ");
          assertThat(text(it.headers(), "dlt.detail")).doesNotContain(value);
        });
  }

  @Test
  void an_id_that_utf_8_cannot_hold_is_no_key() {
    var posted = Webhook.posted("e-1", "m-1");
    var half = new String(posted.body(), UTF_8).replace("\"m-1\"", "\"\\ud83d\"");
    var received = posted.received(router.now());
    received.setBody(ByteBuffer.wrap(half.getBytes(UTF_8)));
    router.receives(received);

    assertThat(router.published(Topics.POINTS_POSTED)).isEmpty();
    assertThat(text(router.deadLetters().getFirst().headers(), "dlt.detail"))
        .startsWith("data.member_id must be ");
  }

  @Test
  void bytes_that_nobody_can_read_are_a_dead_letter_with_all_they_brought() {
    var headers = new RecordHeaders().add("x-request-trace", "t".getBytes(UTF_8));
    router.receives(new TestRecord<>("k".getBytes(UTF_8), new byte[] {9, 9}, headers));

    assertThat(router.deadLetters())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.value()).containsExactly(9, 9);
          assertThat(text(it.headers(), "dlt.reason")).isEqualTo("UNREADABLE");
          assertThat(text(it.headers(), "x-request-trace")).isEqualTo("t");
        });
  }

  @Test
  void a_record_of_another_of_our_types_is_a_dead_letter() {
    var other = known(LinkSource.LOCAL, LinkStatus.ACTIVE);
    var value =
        LocalPipeline.serdes()
            .<LinkUpdated>serializer()
            .serialize(Topics.LINK_UPDATES.name(), other);
    router.receives(new TestRecord<>("k".getBytes(UTF_8), value, router.now()));
    router.receives(new TestRecord<>("k".getBytes(UTF_8), null, router.now()));

    assertThat(router.deadLetters())
        .extracting(it -> text(it.headers(), "dlt.detail"))
        .containsExactly("the value is not a WebhookReceived", "there is no value");
  }

  @Test
  void a_value_or_headers_too_large_for_kafka_are_left_at_the_source() {
    router.receives(new TestRecord<>("k".getBytes(UTF_8), new byte[3 * 1024 * 1024], router.now()));
    var raw = LocalRouter.raw(Webhook.posted("e-1", "m-1").received(router.now()));
    raw.headers().add("note", new byte[1024 * 1024]);
    router.receives(raw);

    assertThat(router.deadLetters())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.value()).isNull();
          assertThat(text(it.headers(), "dlt.cut")).isEqualTo("the source's value is too large");
          assertThat(text(it.headers(), "dlt.detail"))
              .isEqualTo("the value is larger than any webhook");
        });
    assertThat(router.published(Topics.POINTS_POSTED)).hasSize(1);
  }

  @Test
  void a_dead_letter_that_is_replayed_is_published_and_only_once() {
    var bad = Webhook.posted("e-1", "m-1").without("source_ref");
    router.receives(bad).receives(Webhook.posted("e-1", "m-1"), Webhook.posted("e-1", "m-1"));

    assertThat(router.published(Topics.POINTS_POSTED)).hasSize(1);
  }

  @Test
  void traces_are_carried_and_nothing_else() {
    var raw = LocalRouter.raw(Webhook.posted("e-1", "m-1").received(router.now()));
    var trace = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736";
    raw.headers()
        .add("x-request-trace", trace.getBytes(UTF_8))
        .add("traceparent", "zaphod@example.com".getBytes(UTF_8))
        .add("tracestate", "zaphod=example.com".getBytes(UTF_8))
        .add("dlt.replays", "1".getBytes(UTF_8));
    router.receives(raw);

    var headers = router.published(Topics.POINTS_POSTED).getFirst().headers();
    assertThat(headers).hasSize(1);
    assertThat(text(headers, "x-request-trace")).isEqualTo(trace);
  }

  private static WebhookReceived backfill(String eventId, Webhook webhook) {
    var received =
        new Webhook(eventId, webhook.eventType(), webhook.data())
            .received(Instant.parse("2026-11-22T10:00:00Z"));
    received.setBackfilled(true);
    return received;
  }

  private static Webhook transfer(String eventId, String type) {
    return Webhook.of(
        eventId,
        type,
        Map.of("from_member_id", "m-1", "to_member_id", "m-2", "points", 7, "transfer_id", "t-1"));
  }

  private static String text(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), UTF_8);
  }
}
