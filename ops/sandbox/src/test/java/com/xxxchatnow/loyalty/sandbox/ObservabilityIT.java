package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.sandbox.OtlpReceiver.Seen;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The running services as an operator sees them: metrics as documented, a purchase as one trace,
 * each call as one line, and nobody's data anywhere.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class ObservabilityIT {
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CHECKOUT_TRACE = "5bf92f3577b34da6a3ce929d0e0e4737";
  private static final String PUBLISHER = "00f067aa0ba902b7";

  private final Clock clock = Clock.systemUTC();
  private final HttpClient http = HttpClient.newHttpClient();
  private OtlpReceiver traces;
  private CapturedLog log;
  private Stack stack;
  private Publisher publisher;
  private ResultCollector story;

  @TempDir private Path folder;

  @BeforeAll
  void start() throws Exception {
    traces = new OtlpReceiver();
    log = new CapturedLog();
    var collector = Map.of(Setting.OTEL_EXPORTER_OTLP_ENDPOINT, traces.endpoint().toString());
    stack = Stack.start(new Terminal(log.console(), clock, false), collector);
    publisher = new Publisher(stack.addresses());
    story = new ResultCollector(stack.addresses(), _ -> {});
    var cast = new PublishedOrders();
    var play = new Demonstration(publisher, story, cast, _ -> {}, clock, "");
    play.purchases();
    await().atMost(SOON).until(() -> cast.undecided(story).isEmpty());
    play.checkouts();
    await().atMost(SOON).until(() -> cast.undecided(story).isEmpty());
  }

  @AfterAll
  void stop() throws Exception {
    http.close();
    if (story != null) story.close();
    if (publisher != null) publisher.close();
    if (stack != null) stack.close();
    log.close();
    traces.close();
  }

  @Test
  @Order(1)
  void the_services_show_the_metrics_of_the_catalogue_and_name_nobody() throws Exception {
    var text = pages("/metrics");

    assertThat(Catalogue.faults(text)).isEmpty();
    for (var user : List.of("\"alice\"", "\"bob\"", "\"p-1\"", "\"c-1\""))
      assertThat(text).doesNotContain(user);
  }

  @Test
  @Order(2)
  void a_purchase_is_one_trace_from_its_record_to_the_points_posted() throws Exception {
    var parent = "00-%s-%s-01".formatted(TRACE, PUBLISHER);
    traced(parent);

    var purchases = "process " + Topics.PURCHASES.name();
    var routed = "process " + Topics.WEBHOOKS.name();
    var results = "send " + Topics.EARN_RESULTS.name();
    awaitSpans(TRACE, purchases, "rrr earn", results, "receive webhook", routed);
    var spans = spans(TRACE);
    assertThat(spans.get(purchases).parent()).isEqualTo(PUBLISHER);
    below(spans, purchases, "rrr earn");
    below(spans, purchases, results);
    below(spans, "rrr earn", "receive webhook");
    below(spans, "receive webhook", routed);
    assertThat(spans.get("rrr earn").attributes())
        .containsEntry("rrr.operation", "earn")
        .containsEntry("rrr.outcome", "DONE")
        .containsEntry("rrr.attempts", "int_value: 1");
    assertThat(spans.values().stream().map(Seen::service))
        .contains("earn-processor", "webhook-ingress");
    assertThat(Records.of(stack.addresses(), List.of(Topics.POINTS_POSTED)))
        .as("the event itself goes on with the trace")
        .anyMatch(record -> Records.header(record, "traceparent").contains(spans.get(routed).id()));
  }

  @Test
  @Order(3)
  void a_checkout_is_one_trace_until_its_deadline_ends_it() throws Exception {
    var play = new PublishedOrders();
    publisher.traced("00-%s-%s-01".formatted(CHECKOUT_TRACE, PUBLISHER));
    new Demonstration(publisher, story, play, _ -> {}, clock, "-traced").checkouts();
    publisher.traced(null);

    awaitSpans(
        CHECKOUT_TRACE,
        "redemption QUOTING",
        "process " + Topics.REDEMPTION_CALLS.name(),
        "rrr quote",
        "send " + Topics.REDEMPTION_REPLIES.name(),
        "redemption QUOTED",
        "redemption EXPIRED");
  }

  @Test
  @Order(4)
  void each_call_of_rrr_is_a_line_with_its_parts_as_fields() {
    var earned =
        log.json().stream()
            .filter(line -> line.path("operation").asText().equals("earn"))
            .filter(line -> line.path("outcome").asText().equals("DONE"))
            .toList();
    assertThat(earned)
        .hasSize(4)
        .allSatisfy(line -> {
          assertThat(line.path("level").asText()).isEqualTo("INFO");
          assertThat(line.path("trace").asText()).hasSize(36);
          assertThat(line.path("attempts").asInt()).isEqualTo(1);
          assertThat(line.path("duration_ms").isNumber()).isTrue();
        });
    assertThat(log.json())
        .anySatisfy(line -> {
          assertThat(line.path("outcome").asText()).isEqualTo("REFUSED");
          assertThat(line.path("reason").asText()).isEqualTo("REFUSED_VALIDATION");
        });
    assertThat(log.text())
        .containsPattern("INFO  RrrClient - earn trace=\\S+ done attempts=1 ms=\\d+\n");
  }

  @Test
  @Order(5)
  void nobody_is_named_whatever_is_fed() throws Exception {
    var strangers = new Strangers(stack.addresses());
    try (var canaries = new Canaries(stack.addresses(), clock)) {
      awaitAnswered(canaries.everywhere(strangers));
    }
    strangers.webhooks();
    strangers.questions();
    // Of the bytes that were fed, and of the signed event whose data make no sense.
    await().atMost(SOON).until(() -> lettersOf(Topics.WEBHOOKS) == 2);

    assertThat(Canaries.leaks(log.text())).as("log").isEmpty();
    assertThat(Canaries.leaks(String.join("\n", strangers.refusals()))).as("answers").isEmpty();
    for (var page : List.of("/metrics", "/info", "/health/ready", "/health/live"))
      assertThat(Canaries.leaks(pages(page))).as(page).isEmpty();
    assertThat(Canaries.leaks(Records.headersOfServices(stack.addresses()))).isEmpty();
    var spans = traces.all().stream().map(Seen::toString).collect(Collectors.joining("\n"));
    assertThat(Canaries.leaks(spans)).as("spans").isEmpty();
    assertThat(strangers.refusals()).hasSizeGreaterThan(30);
  }

  @Test
  @Order(6)
  void a_process_tells_no_secret_from_its_start_to_sigterm() throws Exception {
    var client = folder.resolve("client.properties");
    Files.writeString(
        client,
        """
        sasl.mechanism=PLAIN
        sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule \
        required username="xcn" password="%1$s";
        ssl.truststore.password=%1$s
        ssl.key.password=%1$s
        basic.auth.user.info=xcn:%1$s
        misspelt.password=%1$s
        """
            .formatted(Canaries.NAME));
    var environment = stack.environment();
    environment.put("KAFKA_CLIENT_CONFIG", client.toString());
    environment.put("RRR_BETA_USERS", Canaries.EMAIL);

    var running = ServiceProcess.earnProcessor(environment);
    running.awaitLine("earn-processor runs");
    running.terminate();
    assertThat(running.exitCode()).as(running.text()).isEqualTo(143);
    assertThat(Canaries.leaks(running.text())).isEmpty();

    environment.put("SCHEMA_REGISTRY_URL", "http://zaphod:beeblebrox@127.0.0.1:1");
    environment.put("RRR_API_BASE_URL", "http://zaphod:beeblebrox@127.0.0.1:1");
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "zaphod@canary.example");
    var refused = ServiceProcess.earnProcessor(environment);
    assertThat(refused.exitCode()).as(refused.text()).isEqualTo(2);
    assertThat(refused.text())
        .contains("SCHEMA_REGISTRY_URL must hold no user", "RRR_API_BASE_URL must be");
    assertThat(Canaries.leaks(refused.text())).isEmpty();
  }

  private void awaitAnswered(List<String> purchases) {
    await().atMost(SOON).until(() -> story.results().keySet().containsAll(purchases));
    for (var topic : Canaries.UNREADABLE) await().atMost(SOON).until(() -> lettersOf(topic) > 0);
    await()
        .atMost(SOON)
        .until(() -> story.redemptions().keySet().stream().filter(this::fed).count() == 2);
    // The last flag that was fed, in both services that follow flags and in both forms.
    await().atMost(SOON).until(() -> log.text().split("beta users=2", -1).length > 4);
  }

  private boolean fed(String order) {
    return order.startsWith("checkout-")
        && ResultCollector.DECIDED.contains(story.redemptions().get(order).getStatus());
  }

  private long lettersOf(Topic<?> topic) {
    return story.letters().stream().filter(each -> each.sourceTopic().equals(topic.name())).count();
  }

  private void traced(String parent) throws InterruptedException {
    var purchase =
        PurchaseCompleted.newBuilder()
            .setEventId("traced")
            .setOccurredAt(clock.instant())
            .setOrderId("traced")
            .setUserId("alice")
            .setKind(PurchaseKind.TOKEN_PURCHASE)
            .setCurrency("USD")
            .setAmountMinor(700)
            .build();
    publisher.traced(parent);
    Publisher.sent(publisher.publish(Topics.PURCHASES, "alice", purchase));
    publisher.traced(null);
  }

  private Map<String, Seen> spans(String trace) {
    var spans = new HashMap<String, Seen>();
    for (var span : traces.of(trace)) spans.put(span.name(), span);
    return spans;
  }

  private void awaitSpans(String trace, String... names) {
    await().atMost(SOON).until(() -> spans(trace).keySet().containsAll(List.of(names)));
  }

  private static void below(Map<String, Seen> spans, String parent, String child) {
    assertThat(spans.keySet()).contains(parent, child);
    assertThat(spans.get(child).parent()).as(child).isEqualTo(spans.get(parent).id());
  }

  private String pages(String path) throws IOException, InterruptedException {
    var text = new StringBuilder();
    for (URI admin : stack.addresses().admins()) {
      var request = HttpRequest.newBuilder(admin.resolve(path)).build();
      text.append(http.send(request, BodyHandlers.ofString()).body());
    }
    return text.toString();
  }
}
