package com.xxxchatnow.loyalty.cli.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.cli.Cli;
import com.xxxchatnow.loyalty.cli.CliFixture;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.events.DeadLetterActionPhase;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.worker.Worker;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig;
import com.xxxchatnow.loyalty.schemas.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DltIT {
  private static final Instant YESTERDAY = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant LONG_AGO = Instant.parse("2026-10-20T12:00:00Z");
  private static CliFixture world;

  @BeforeAll
  static void start() {
    world = new CliFixture();
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void list_counts_by_reason_source_and_age() {
    world.topic("it.list");
    letters("it.list", 3, Reason.DISABLED);
    letters("it.list", 2, Reason.INVALID);
    world.cli().run("dlt", "discard", "it.list.dlt", "--reason", "INVALID", "--execute");

    assertThat(world.cli().run("dlt", "list", "it.list.dlt"))
        .hasToString(
            """
            exit code 0
            topic        reason    source  records  open  <1h  <1d  <7d  <29d  older  oldest
            it.list.dlt  DISABLED  tester        3     3    3    0    0     0      0  5m 0s
            it.list.dlt  INVALID   tester        2     0    0    0    0     0      0  -
            """);
  }

  @Test
  void show_decodes_one_record_and_masks_what_may_hold_personal_data() {
    var purchase = CliFixture.purchase("o-show", "u-show", YESTERDAY);
    world.topic("it.show");
    world.deadLetter(
        "it.show",
        "u-show",
        world.bytes(Topics.PURCHASES, purchase),
        YESTERDAY,
        Reason.REFUSED_VALIDATION,
        1);

    var answer = world.cli().run("dlt", "show", "it.show.dlt", "0:0");

    assertThat(answer)
        .hasToString(
            """
            exit code 0
            place: it.show.dlt 0:0
            written by: loyalty
            reason: REFUSED_VALIDATION
            detail: as a test wants it
            service: tester
            source topic: it.show
            source place: 0:1
            key: u-show
            published at: 2026-11-21T12:00:00Z
            failed at: 2026-11-22T11:55:00Z
            age: 5m 0s
            attempts: 1
            replays: 1
            idempotency key: -

            header       value
            traceparent  00-a
            value:
              event_id: e-o-show
              occurred_at: 2026-11-21T12:00:00Z
              order_id: o-show
              line_id: 1
              user_id: u-show
              kind: TOKEN_PURCHASE
              currency: USD
              amount_minor: 1000
              tokens_purchased: null
              membership_tier: null
              user_tier: null
              rrr_member_id: null
              metadata: {"note":"***"}
            """);
  }

  @Test
  void a_replay_is_a_dry_run_until_it_is_told_to_send() {
    world.topic("it.dry");
    letters("it.dry", 3, Reason.DISABLED);

    assertThat(world.cli().run("dlt", "replay", "it.dry.dlt", "--rate", "2"))
        .hasToString(
            """
            exit code 0
            to send: 3
            refused: 0
              3 to it.dry
            seconds: 2
            at 2/s: 2s
            Nothing was sent: to send, add --execute
            """);
    assertThat(world.read("it.dry")).isEmpty();
  }

  @Test
  void a_replay_keeps_key_bytes_and_headers_and_counts() {
    world.topic("it.keeps");
    letters("it.keeps", 2, Reason.DISABLED);
    letters("it.keeps", 1, Reason.INVALID);

    var answer = replay("it.keeps", "--reason", "DISABLED");

    assertThat(answer.out()).as(answer.err()).isEqualTo("sent: 2\nrefused: 0\nFinished.\n");
    assertThat(answer.code()).isEqualTo(ExitCode.OK);
    var sent = world.read("it.keeps");
    assertThat(sent)
        .extracting(record -> new String(record.key(), UTF_8))
        .containsExactly("k0", "k1");
    assertThat(sent)
        .extracting(record -> new String(record.value(), UTF_8))
        .containsExactly("v0", "v1");
    assertThat(sent)
        .allSatisfy(record -> {
          assertThat(CliFixture.header(record, "traceparent")).isEqualTo("00-a");
          assertThat(CliFixture.header(record, "dlt.replays")).isEqualTo("1");
          assertThat(CliFixture.header(record, "dlt.reason")).isEqualTo("DISABLED");
          assertThat(DeadLetter.publishedAt(record)).isEqualTo(YESTERDAY.toEpochMilli());
        });
  }

  @Test
  void every_replay_is_audited_with_who_what_which_and_how_many() {
    world.topic("it.audit");
    letters("it.audit", 2, Reason.DISABLED);

    replay("it.audit", "--operator", "alice");

    var actions =
        world.values(Topics.DEAD_LETTER_ACTIONS).stream()
            .filter(action -> action.getTopic().equals("it.audit.dlt"))
            .toList();
    assertThat(actions)
        .extracting(action -> action.getPhase())
        .containsExactly(DeadLetterActionPhase.STARTED, DeadLetterActionPhase.FINISHED);
    assertThat(actions.getLast())
        .satisfies(end -> {
          assertThat(end.getActionId()).isEqualTo(actions.getFirst().getActionId());
          assertThat(end.getOperator()).isEqualTo("alice");
          assertThat(end.getSelection()).isEqualTo("{}");
          assertThat(end.getSent()).isEqualTo(2);
          assertThat(end.getAt()).isEqualTo(Cli.NOON.instant());
        });
  }

  @Test
  void what_was_replayed_is_not_sent_again_unless_asked_and_then_it_says_what_that_means() {
    world.topic("it.again");
    letters("it.again", 2, Reason.DISABLED);
    replay("it.again", "--operator", "alice");

    assertThat(replay("it.again").out()).isEqualTo("sent: 0\nrefused: 0\nFinished.\n");
    assertThat(world.cli().run("dlt", "replay", "it.again.dlt", "--offsets", "0:0").out())
        .contains("to send: 0", "1 left out: replayed before by alice, 2026-11-22T12:00:00Z");
    assertThat(world.cli().run("dlt", "replay", "it.again.dlt", "--again").out())
        .contains("to send: 2", "2 were replayed before", "nothing is booked twice");
    assertThat(world.read("it.again")).hasSize(2);

    assertThat(replay("it.again", "--again").out()).startsWith("sent: 2\n");
    assertThat(world.read("it.again")).hasSize(4);
  }

  @Test
  void what_was_discarded_is_left_out() {
    world.topic("it.discard");
    letters("it.discard", 2, Reason.INVALID);

    assertThat(world.cli().run("dlt", "discard", "it.discard.dlt", "--reason", "INVALID").out())
        .isEqualTo("to discard: 2\nNothing was changed: to do it, add --execute\n");
    assertThat(world.cli().run("dlt", "replay", "it.discard.dlt").out()).contains("to send: 2");

    world.cli().run("dlt", "discard", "it.discard.dlt", "--offsets", "0:0", "--execute");
    assertThat(world.cli().run("dlt", "replay", "it.discard.dlt").out())
        .contains("to send: 1", "1 left out: discarded by an operator");
    assertThat(world.cli().run("dlt", "discard", "it.discard.dlt", "--execute").code())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_record_that_keeps_coming_back_is_refused() {
    world.topic("it.loop");
    world.deadLetter("it.loop", "k", "v".getBytes(UTF_8), YESTERDAY, Reason.DISABLED, 3);

    var answer = replay("it.loop");

    assertThat(answer.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(answer.err()).contains("0:0 MAX_REPLAYS: replayed 3 times already");
    assertThat(world.read("it.loop")).isEmpty();
    assertThat(replay("it.loop", "--again", "--max-replays", "4").out()).startsWith("sent: 1");
  }

  @Test
  void an_old_record_is_refused_because_its_key_may_be_forgotten() {
    world.topic("it.old");
    world.deadLetter("it.old", "k", "v".getBytes(UTF_8), LONG_AGO, Reason.DISABLED, 0);

    var answer = world.cli().run("dlt", "replay", "it.old.dlt");

    assertThat(answer.out())
        .contains("1 refused: EXPIRED_KEY")
        .contains(
            "0:0 EXPIRED_KEY: published 2026-10-20T12:00:00Z, RRR may have forgotten its key");
  }

  @Test
  void what_a_replay_refused_stays_open_and_is_judged_again_by_the_next_one() {
    world.topic("it.refused");
    letters("it.refused", 1, Reason.DISABLED);
    world.deadLetter("it.refused", "k1", "v1".getBytes(UTF_8), YESTERDAY, Reason.DISABLED, 3);
    letters("it.refused", 1, Reason.DISABLED);

    assertThat(replay("it.refused").out()).startsWith("sent: 2\nrefused: 1\n");

    assertThat(world.cli().run("dlt", "list", "it.refused.dlt").out())
        .containsPattern("DISABLED  tester +3 +1 ");
    assertThat(world.cli().run("dlt", "replay", "it.refused.dlt").out())
        .contains("to send: 0", "refused: 1", "2 left out: replayed before");
    assertThat(replay("it.refused").code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(replay("it.refused", "--max-replays", "4").out())
        .startsWith("sent: 1\nrefused: 0\n");
    assertThat(replay("it.refused").out()).isEqualTo("sent: 0\nrefused: 0\nFinished.\n");
    assertThat(world.read("it.refused")).hasSize(3);
  }

  @Test
  void what_can_not_be_right_to_send_is_refused_before_anything_is_sent() {
    world.topic("it.never");
    world.deadLetter("it.never", "k", "v".getBytes(UTF_8), YESTERDAY, Reason.KEY_REUSED, 0);
    world.deadLetter(
        "it.never", "k", null, YESTERDAY, Reason.INVALID, 0, header(DeadLetter.CUT, "5000000"));
    world.deadLetter("rrr.webhooks.v1", "e-1", "v".getBytes(UTF_8), LONG_AGO, Reason.INVALID, 0);

    assertThat(world.cli().run("dlt", "replay", "it.never.dlt").out())
        .contains("to send: 0", "1 refused: KEY_REUSED", "1 refused: CUT");
    assertThat(world.cli().run("dlt", "replay", "payments.purchases.v1").err())
        .isEqualTo(
            "loyalty: payments.purchases.v1 is not a dead letter topic; its dead letters are in"
                + " payments.purchases.v1.dlt\n");
    assertThat(replay("rrr.webhooks.v1").out()).startsWith("sent: 1\n");
    assertThat(replay("rrr.webhooks.v1", "--again").err())
        .contains("1 refused: DEDUPLICATION_OVER");
    assertThat(world.read("rrr.webhooks.v1")).hasSize(1);
  }

  @Test
  void a_correction_is_checked_against_the_schema_and_the_original_is_kept() {
    world.topic("it.edit");
    var purchase = CliFixture.purchase("o-edit", "u-edit", YESTERDAY);
    var bytes = world.bytes(Topics.PURCHASES, purchase);
    world.deadLetter("it.edit", "u-edit", bytes, YESTERDAY, Reason.INVALID, 0);

    assertThat(replay("it.edit", "--edit", "{\"colour\": \"red\"}"))
        .hasToString("exit code 64\nloyalty: --edit: PurchaseCompleted has no field colour\n");
    assertThat(replay("it.edit", "--edit", "{\"amount_minor\": \"ten\"}").err())
        .isEqualTo("loyalty: --edit: amount_minor does not take \"ten\", it is LONG\n");
    var patch = "[{\"op\": \"test\", \"path\": \"/currency\", \"value\": \"EUR\"}]";
    assertThat(replay("it.edit", "--edit", patch).err())
        .startsWith("loyalty: --edit: at ")
        .hasLineCount(1);
    var edit = "{\"currency\": \"CAD\", \"user_tier\": \"VIP\", \"metadata\": {\"note\": null}}";
    assertThat(replay("it.edit", "--edit", edit).code()).isEqualTo(ExitCode.OK);

    var sent = world.read("it.edit").getFirst();
    assertThat(purchaseOf(sent))
        .isEqualTo(
            PurchaseCompleted.newBuilder(purchase)
                .setCurrency("CAD")
                .setUserTier("VIP")
                .setMetadata(java.util.Map.of())
                .build());
    assertThat(sent.headers().lastHeader("dlt.original-value").value()).isEqualTo(bytes);
  }

  @Test
  void the_canary_comes_back_and_the_rest_is_not_sent() throws Exception {
    world.topic("it.canary.back");
    letters("it.canary.back", 20, Reason.DISABLED);

    try (var _ = service("it.canary.back", true)) {
      var answer =
          world.cli().run("dlt", "replay", "it.canary.back.dlt", "--execute", "--canary", "5");

      assertThat(answer.code()).as(answer.toString()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(answer.out()).contains("sent: 5", "the canary came back to the dead letters");
      assertThat(world.read("it.canary.back")).hasSize(5);
    }
  }

  @Test
  void the_canary_is_well_and_the_rest_follows() throws Exception {
    world.topic("it.canary.well");
    letters("it.canary.well", 20, Reason.DISABLED);

    try (var _ = service("it.canary.well", false)) {
      var answer =
          world
              .cli()
              .run(
                  "dlt",
                  "replay",
                  "it.canary.well.dlt",
                  "--execute",
                  "--canary",
                  "5",
                  "--rate",
                  "500");

      assertThat(answer.out()).as(answer.err()).isEqualTo("sent: 20\nrefused: 0\nFinished.\n");
      assertThat(answer.err()).contains("The canary of 5 was settled and none came back.");
    }
  }

  @Test
  void nobody_settles_the_canary_and_the_rest_is_not_sent() {
    world.topic("it.canary.alone");
    letters("it.canary.alone", 20, Reason.DISABLED);

    var answer =
        world
            .cli()
            .run("dlt", "replay", "it.canary.alone.dlt", "--execute", "--canary-timeout", "1");

    assertThat(answer.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(answer.out()).contains("sent: 10", "nobody has settled the canary in time");
  }

  @Test
  void json_says_the_same_as_the_table() {
    world.topic("it.json");
    letters("it.json", 1, Reason.DISABLED);

    assertThat(world.cli().run("dlt", "list", "it.json.dlt", "--output", "json").out())
        .isEqualToIgnoringWhitespace(
            """
            {"dead_letters": [{"topic": "it.json.dlt", "reason": "DISABLED", "source": "tester",
             "records": 1, "open": 1, "<1h": 1, "<1d": 0, "<7d": 0, "<29d": 0, "older": 0,
             "oldest": "5m 0s"}]}
            """);
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(UTF_8));
  }

  private static void letters(String topic, int count, Reason reason) {
    for (var i = 0; i < count; i++)
      world.deadLetter(topic, "k" + i, ("v" + i).getBytes(UTF_8), YESTERDAY, reason, 0);
  }

  private static Cli.Answer replay(String topic, String... more) {
    var args = new java.util.ArrayList<>(List.of("dlt", "replay", topic + ".dlt"));
    args.addAll(List.of("--execute", "--canary", "0", "--rate", "1000"));
    args.addAll(List.of(more));
    return world.cli().run(args.toArray(String[]::new));
  }

  private static PurchaseCompleted purchaseOf(ConsumerRecord<byte[], byte[]> record) {
    try (var values =
        new com.xxxchatnow.loyalty.schemas.AvroSerdes(
                com.xxxchatnow.loyalty.localkafka.LocalRegistry.shared().url())
            .<PurchaseCompleted>deserializer()) {
      return values.deserialize(Topics.PURCHASES.name(), record.value());
    }
  }

  /** A service that settles each record, well or as a dead letter. */
  private static Worker service(String topic, boolean dead) {
    var kafka = KafkaSettings.from(Settings.of(world.environment()));
    return new Worker(
            WorkerConfig.of(topic, "group-of-" + topic, kafka)
                .withStopWithin(Duration.ofSeconds(2)),
            delivery -> dead ? List.of(deadAgain(delivery.record())) : List.of(),
            _ -> {},
            new SimpleMeterRegistry(),
            _ -> {})
        .start();
  }

  private static ProducerRecord<byte[], byte[]> deadAgain(ConsumerRecord<byte[], byte[]> record) {
    return new DeadLetter(record, Reason.DISABLED, "again", 0, null).record("tester", Cli.NOON);
  }
}
