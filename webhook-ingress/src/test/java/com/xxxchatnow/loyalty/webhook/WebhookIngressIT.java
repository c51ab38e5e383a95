package com.xxxchatnow.loyalty.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
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
        .atMost(Duration.ofSeconds(6))
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

  private static String get(Service service, String path) throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:" + service.adminPort() + path);
    try (var http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}
