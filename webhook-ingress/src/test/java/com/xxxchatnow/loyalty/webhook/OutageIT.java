package com.xxxchatnow.loyalty.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.edge.Sender;
import com.xxxchatnow.loyalty.webhook.edge.Webhook;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is around the ingress goes away and comes back; the ingress stays. */
class OutageIT {
  private static final Duration ACK = Duration.ofSeconds(3);
  private static final Duration IN_TIME = ACK.plusSeconds(3);

  private final LocalKafka kafka = LocalKafka.start();
  private final LocalRegistry registry = LocalRegistry.start();
  private final LocalPipeline pipeline = new LocalPipeline(kafka, registry);
  private final Sender rrr = new Sender();
  @TempDir Path state;
  private Service service;
  private int port;

  @BeforeEach
  void start() throws Exception {
    var env = new HashMap<>(pipeline.env());
    env.put("RRR_WEBHOOK_SECRET", Sender.SECRET);
    env.put("HTTP_PORT", "0");
    env.put("ADMIN_PORT", "0");
    env.put("WEBHOOK_STATE_DIR", state.toString());
    env.put("WEBHOOK_ACK_TIMEOUT", ACK.toSeconds() + "s");
    registry.stop();
    service = WebhookIngress.start(Settings.of(env));
    port = WebhookIngressIT.port(service);
  }

  @AfterEach
  void stop() {
    service.close();
    rrr.close();
    kafka.close();
    registry.close();
  }

  @Test
  void no_outage_costs_an_event_or_needs_a_restart() throws Exception {
    var answered200 = ConcurrentHashMap.<String>newKeySet();

    assertThat(send("before-the-registry", answered200)).isEqualTo(503);
    registry.restart();
    pipeline.provisioned();
    awaitTaken("first", answered200);

    registry.stop();
    assertThat(send("without-registry", answered200)).isEqualTo(200);

    kafka.stopBroker(1);
    burstIsRefusedInTime(answered200);
    kafka.startBroker(1);
    awaitTaken("after-the-outage", answered200);
    registry.restart();

    assertThat(answered200).isSubsetOf(kept());
    patiently()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(() -> assertThat(told()).containsExactlyInAnyOrderElementsOf(kept()));

    aFailingRouterIsUnreadyAndTakesWebhooksAllTheSame();
  }

  /** A schema that the registry forgot is no outage: it has answered. */
  private void aFailingRouterIsUnreadyAndTakesWebhooksAllTheSame() throws Exception {
    registry.forget(Topics.PROMOTIONS.subject());
    var data = Map.of("promotion_id", "p-1", "status", "ACTIVE", "previous_status", "DRAFT");
    var webhook = Webhook.of("unpublishable", "PROMOTION_STATUS_CHANGED", data);
    assertThat(rrr.send(port, webhook).statusCode()).isEqualTo(200);

    patiently()
        .atMost(Duration.ofSeconds(60))
        .until(() -> WebhookIngressIT.get(service, "/health/ready").contains("the router failed"));
    assertThat(rrr.send(port, Webhook.posted("meanwhile", "m-1")).statusCode()).isEqualTo(200);

    LocalPipeline.register(registry);
    patiently()
        .atMost(Duration.ofSeconds(60))
        .until(() -> pipeline.read(Topics.PROMOTIONS).size() == 1 && told().contains("meanwhile"));
  }

  /** A hundred at once, with bodies that would soon fill a memory without bounds. */
  private void burstIsRefusedInTime(Set<String> answered200) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Integer>>();
      for (var i = 0; i < 100; i++) {
        var id = "in-the-outage-" + i;
        answers.add(threads.submit(() -> send(id, answered200)));
      }
      for (var answer : answers) assertThat(answer.get()).isEqualTo(503);
    }
  }

  private int send(String id, Set<String> answered200) throws Exception {
    var webhook = Webhook.posted(id, "m-1").with("padding", "x".repeat(100_000));
    var begin = System.nanoTime();
    var answer = rrr.send(port, webhook);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(IN_TIME);
    if (answer.statusCode() == 200) answered200.add(id);
    else assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
    return answer.statusCode();
  }

  private void awaitTaken(String id, Set<String> answered200) {
    patiently().atMost(Duration.ofSeconds(60)).until(() -> send(id, answered200) == 200);
  }

  /** A router that finds the registry away loses a thread and begins another: no failure here. */
  private static ConditionFactory patiently() {
    return await().dontCatchUncaughtExceptions();
  }

  /** Once each: what was refused may be there too, and more than once. */
  private Set<String> kept() {
    return pipeline.read(Topics.WEBHOOKS).stream()
        .map(it -> it.value())
        .map(WebhookReceived::getEventId)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private List<String> told() {
    return pipeline.read(Topics.POINTS_POSTED).stream().map(it -> it.value().getEventId()).toList();
  }
}
