package com.xxxchatnow.loyalty.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.PromotionStatus;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.settings.SettingsException;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.edge.Sender;
import com.xxxchatnow.loyalty.webhook.edge.Webhook;
import com.xxxchatnow.loyalty.webhook.router.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole service on a real broker and a real registry. */
class WebhookIngressIT {
  private static final LocalPipeline PIPELINE = LocalPipeline.shared();
  private static final Sender RRR = new Sender();
  private static final String OBJECT_SCHEMA =
      "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}";
  private static Service service;
  private static int port;

  @BeforeAll
  static void start(@TempDir Path state) throws Exception {
    service = ingress(state);
    port = port(service);
  }

  private static Service ingress(Path state) {
    var env = new HashMap<>(PIPELINE.env());
    env.put("RRR_WEBHOOK_SECRET", "another, " + Sender.SECRET);
    env.put("HTTP_PORT", "0");
    env.put("ADMIN_PORT", "0");
    env.put("WEBHOOK_STATE_DIR", state.toString());
    var started = WebhookIngress.start(Settings.of(env));
    await().until(() -> get(started, "/health/ready").contains("UP"));
    return started;
  }

  @AfterAll
  static void stop() {
    service.close();
    RRR.close();
  }

  @Test
  void a_signed_webhook_is_kept_as_it_came_and_becomes_an_event_of_its_type() throws Exception {
    var id = UUID.randomUUID().toString();
    var trace = UUID.randomUUID().toString();
    var webhook = Webhook.posted(id, "m-" + id, 150, "entry-" + id);

    var answer = RRR.send(port, webhook, "X-Request-Trace", trace, "X-RRR-Key-Id", "k-1");

    assertThat(answer.statusCode()).isEqualTo(200);
    var kept = only(Topics.WEBHOOKS, id);
    assertThat(kept.key()).isEqualTo(id);
    assertThat(kept.value().getBody().array()).isEqualTo(webhook.body());
    assertThat(kept.value().getTrace()).isEqualTo(trace);
    assertThat(kept.value().getHeaders()).containsOnly(Map.entry("x-rrr-key-id", "k-1"));
    var posted = only(Topics.POINTS_POSTED, "m-" + id);
    assertThat(posted.value().getPointsDelta()).isEqualTo(150);
    assertThat(posted.headers().lastHeader("x-request-trace").value())
        .isEqualTo(trace.getBytes(UTF_8));
  }

  @Test
  void every_type_of_the_contract_goes_through_the_registry_to_its_topic() throws Exception {
    var id = UUID.randomUUID().toString();
    var transfer =
        Map.of("from_member_id", id, "to_member_id", "m", "points", 7, "transfer_id", "t-" + id);
    var redemption = Map.of("member_id", id, "discount_minor", 10, "order_id", "o-" + id);
    for (var webhook :
        List.of(
            Webhook.link("e-1" + id, id, "u-" + id, "ACTIVE"),
            Webhook.posted("e-2" + id, id),
            Webhook.of("e-3" + id, "POINTS_REVERSED", Map.of("member_id", id, "points_delta", -5))
                .with("reason", "FRAUD")
                .with("ledger_entry_id", "l-" + id),
            Webhook.of("e-4" + id, "REDEMPTION_COMMITTED", redemption).with("points_burned", 5),
            Webhook.of("e-5" + id, "REDEMPTION_REVERSED", redemption).with("points_restored", 5),
            Webhook.of(
                "e-6" + id,
                "PROMOTION_STATUS_CHANGED",
                Map.of("promotion_id", id, "status", "ACTIVE", "previous_status", "DRAFT")),
            Webhook.of("e-7" + id, "TRANSFER_COMPLETED", transfer),
            Webhook.of("e-8" + id, "TRANSFER_REVERSED", transfer).with("reason", "MISTAKE")))
      assertThat(RRR.send(port, webhook).statusCode()).as(webhook.eventType()).isEqualTo(200);

    assertThat(only(Topics.LINK_UPDATES, "u-" + id).value().getStatus())
        .isEqualTo(LinkStatus.ACTIVE);
    assertThat(only(Topics.POINTS_POSTED, id).value().getUserId()).isEqualTo("u-" + id);
    assertThat(only(Topics.POINTS_REVERSED, id).value().getUserId()).isEqualTo("u-" + id);
    await().until(() -> withKey(Topics.REDEMPTION_CONFIRMATIONS, "o-" + id).size() == 2);
    assertThat(only(Topics.PROMOTIONS, id).value().getStatus()).isEqualTo(PromotionStatus.ACTIVE);
    await().until(() -> withKey(Topics.TRANSFERS, "t-" + id).size() == 2);
  }

  @Test
  void whatever_is_written_to_the_topic_is_that_record_s_fault_alone() throws Exception {
    var lettersBefore = PIPELINE.deadLetters().size();
    var timeless = Webhook.posted(UUID.randomUUID().toString(), "m-" + UUID.randomUUID());
    var after = Webhook.posted(UUID.randomUUID().toString(), "m-" + UUID.randomUUID());
    var partition = 3;
    try (var outsider = new Outsider(PIPELINE)) {
      outsider.writes(partition, "not Avro".getBytes(UTF_8));
      outsider.writes(partition, null);
      outsider.writes(partition, new byte[3 * 1024 * 1024]);
      outsider.writes(partition, outsider.ofSchema("AVRO", "\"string\"", "\6abc"));
      outsider.writes(partition, outsider.ofSchema("JSON", OBJECT_SCHEMA, "{}"));
      outsider.writes(
          partition,
          outsider.ofSchema("PROTOBUF", "syntax = \"proto3\"; message M {int32 a = 1;}", "\0"));
      outsider.writes(partition, new byte[] {0, 0x7f, 0, 0, 1, 2});
      outsider.writesWithoutTime(partition, timeless.received(Instant.now()));
      outsider.writes(partition, outsider.bytes(after.received(Instant.now())));
    }

    only(Topics.POINTS_POSTED, after.data().path("member_id").textValue());
    only(Topics.POINTS_POSTED, timeless.data().path("member_id").textValue());
    assertThat(PIPELINE.deadLetters()).hasSize(lettersBefore + 7);
    assertThat(PIPELINE.deadLetters().stream().map(WebhookIngressIT::detail))
        .contains("there is no value", "no magic byte (0x6e)")
        .anyMatch(detail -> detail.matches("schema id \\d+ is another record's"))
        .anyMatch(detail -> detail.matches("schema id \\d+ is no Avro schema"))
        .anyMatch(detail -> detail.matches("schema id \\d+ unknown to the registry"));
    assertThat(get(service, "/metrics"))
        .contains("loyalty_webhook_router_failures_total{service=\"webhook-ingress\"} 0.0");
  }

  @Test
  void a_secret_of_commas_is_refused_at_the_start() {
    var settings = Settings.of(Map.of("RRR_WEBHOOK_SECRET", ",", "ADMIN_PORT", "0"));

    assertThatThrownBy(() -> WebhookIngress.start(settings))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("RRR_WEBHOOK_SECRET must hold at least one secret");
  }

  @Test
  void what_the_topic_has_no_room_for_is_503_until_it_has() throws Exception {
    var webhook = Webhook.posted(UUID.randomUUID().toString(), "m").with("x", "x".repeat(9_000));

    most("5000");
    try {
      await().until(() -> RRR.send(port, webhook).statusCode() == 503);
    } finally {
      most("1048588");
    }
    await().until(() -> RRR.send(port, webhook).statusCode() == 200);

    assertThat(withKey(Topics.WEBHOOKS, webhook.eventId())).isNotEmpty();
  }

  @Test
  void an_instance_that_stops_hands_its_members_over_at_once(@TempDir Path state) throws Exception {
    try (var _ = ingress(state)) {
      await().atMost(Duration.ofSeconds(60)).until(() -> routersWithPartitions() == 2);
    }
    var id = UUID.randomUUID().toString();
    // Of all partitions, so that some were with the other one.
    for (var i = 0; i < 50; i++) {
      var webhook = Webhook.posted(id + i, id + "-m-" + i);
      assertThat(RRR.send(port, webhook).statusCode()).isEqualTo(200);
    }

    await("its session would last for ten seconds")
        .atMost(Duration.ofSeconds(9))
        .until(() ->
            PIPELINE.read(Topics.POINTS_POSTED).stream()
                    .filter(posted -> posted.key().startsWith(id))
                    .count()
                == 50);
  }

  private static long routersWithPartitions() throws Exception {
    var group =
        PIPELINE
            .kafka()
            .admin()
            .describeConsumerGroups(List.of(Router.APPLICATION))
            .all()
            .get()
            .get(Router.APPLICATION);
    return group.groupState() != GroupState.STABLE
        ? 0
        : group.members().stream()
            .filter(member -> !member.assignment().topicPartitions().isEmpty())
            .count();
  }

  /** The largest record that the topic of webhooks takes, in bytes. */
  private static void most(String bytes) throws Exception {
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.WEBHOOKS.name());
    var entry = new ConfigEntry("max.message.bytes", bytes);
    var change = new AlterConfigOp(entry, AlterConfigOp.OpType.SET);
    PIPELINE.kafka().admin().incrementalAlterConfigs(Map.of(topic, List.of(change))).all().get();
  }

  private static <V extends SpecificRecord> ConsumerRecord<String, V> only(
      Topic<V> topic, String key) {
    var found =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> withKey(topic, key), it -> !it.isEmpty());
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static <V extends SpecificRecord> List<ConsumerRecord<String, V>> withKey(
      Topic<V> topic, String key) {
    return PIPELINE.read(topic).stream().filter(it -> it.key().equals(key)).toList();
  }

  /** Where the service takes webhooks, as its admin port tells. */
  static int port(Service service) throws IOException, InterruptedException {
    var info = get(service, "/info");
    return Integer.parseInt(info.replaceAll("(?s).*http://127.0.0.1:(\\d+)/webhooks.*", "$1"));
  }

  static String get(Service service, String path) throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:" + service.adminPort() + path);
    try (var http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  private static String detail(ConsumerRecord<?, ?> letter) {
    return new String(letter.headers().lastHeader(DeadLetter.DETAIL).value(), UTF_8);
  }
}
