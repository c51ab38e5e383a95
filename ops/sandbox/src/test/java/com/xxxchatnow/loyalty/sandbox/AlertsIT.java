package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus with the rules as they are, but their windows and ages cut to seconds: each
 * fault is caused, its alert seen firing, the runbook's command run, the alert seen ending.
 */
class AlertsIT {
  private static final Path RULES = Path.of("../prometheus/loyalty.rules.yml");
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String WINDOW = "[20s]";

  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Process> processes = new ArrayList<>();
  private Addresses addresses;
  private int prometheus;

  @Test
  @SuppressWarnings("ClosingStandardOutputStreams") // a Terminal is not closed
  void alerts_fire_when_their_faults_happen_and_end_with_the_runbook() throws Exception {
    assumeTrue(installed(), "Debian's package prometheus is not installed");
    var clock = Clock.systemUTC();
    try (var stack = Stack.start(new Terminal(System.out, clock, false));
        var publisher = new Publisher(stack.addresses());
        var story = new ResultCollector(stack.addresses(), _ -> {})) {
      addresses = stack.addresses();
      var cast = new PublishedOrders();
      var play = new Demonstration(publisher, story, cast, _ -> {}, clock, "");
      var deadLetters = freePort();
      startPrometheus(deadLetters);
      awaitFiring("InstanceDown", "ServiceMissing");

      purchasesFail(play, () -> cast.undecided(story).isEmpty(), deadLetters);
      redemptionsFail(play);
      strangersKnock();
      rrrIsDown(
          new Demonstration(publisher, story, new PublishedOrders(), _ -> {}, clock, "again-"));
    } finally {
      processes.forEach(Process::destroy);
    }
  }

  private void purchasesFail(Demonstration play, Callable<Boolean> decided, int deadLetters)
      throws Exception {
    play.purchases();
    await().atMost(SOON).until(decided);
    play.buy("p-1", "alice", PurchaseKind.TOKEN_PURCHASE, 9_999, "USD", null);
    unreadableSince(Clock.systemUTC().instant().minus(Duration.ofDays(24)));
    awaitFiring("EarnFailuresHigh", "IdempotencyKeyReused");
    loyalty("dlt", "watch", "--every", "1", "--port", Integer.toString(deadLetters));
    awaitEnd("InstanceDown", "ServiceMissing");
    awaitFiring("DeadLettersWait", "DeadLetterWindowCloses");
    var reasons = "REFUSED_VALIDATION,UNREADABLE,KEY_REUSED";
    done("dlt", "discard", "payments.purchases.v1.dlt", "--reason", reasons, "--execute");
    awaitEnd("DeadLettersWait", "DeadLetterWindowCloses");
    awaitEnd("EarnFailuresHigh", "IdempotencyKeyReused");
  }

  private void redemptionsFail(Demonstration play) throws Exception {
    fault("{\"fault\":\"status\",\"status\":422,\"endpoint\":\"/v1/redemptions/commit\"}");
    fault("{\"fault\":\"status\",\"status\":422,\"endpoint\":\"/v1/redemptions/reverse\"}");
    play.checkouts();
    awaitFiring("RedemptionCommitFailed", "RedemptionReverseFailed");
    noFaults();
    for (var i = 0; i < 6; i++) play.checkout("unpaid-" + i, "alice", 20L, PaymentStatus.FAILED);
    awaitFiring("ReversalsHigh");
    for (var order : List.of("c-1", "c-2"))
      done("redemptions", "retry", order, "--note", "RRR takes it again", "--execute");
    awaitEnd("RedemptionCommitFailed", "RedemptionReverseFailed", "ReversalsHigh");
  }

  private void strangersKnock() throws Exception {
    for (var i = 0; i < 6; i++) post(addresses.webhooks(), "{\"event_id\":\"e\"}");
    awaitFiring("WebhookSignaturesRefused");
    awaitEnd("WebhookSignaturesRefused");
  }

  private void rrrIsDown(Demonstration play) throws Exception {
    fault("{\"fault\":\"outage\"}");
    play.purchases();
    awaitFiring("RrrAvailabilityLow", "RrrCircuitOpen");
    awaitFiring("OldestPurchaseTooOld", "ConsumerLagNearsRetention");
    noFaults();
    awaitEnd("RrrAvailabilityLow", "RrrCircuitOpen");
    awaitEnd("OldestPurchaseTooOld", "ConsumerLagNearsRetention");
  }

  /** A purchase that nobody can read, as if it had been published then. */
  private void unreadableSince(Instant time) throws InterruptedException, ExecutionException {
    var bytes = new ByteArraySerializer();
    var config = Map.<String, Object>of("bootstrap.servers", addresses.bootstrapServers());
    try (var producer = new KafkaProducer<>(config, bytes, bytes)) {
      var topic = Topics.PURCHASES.name();
      var value = "not Avro".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, 0, time.toEpochMilli(), null, value)).get();
    }
  }

  private void awaitFiring(String... alerts) {
    await().atMost(SOON).until(() -> firing().containsAll(List.of(alerts)));
  }

  private void awaitEnd(String... alerts) {
    await().atMost(SOON).until(() -> Stream.of(alerts).noneMatch(firing()::contains));
  }

  private Set<String> firing() throws IOException, InterruptedException {
    var answer = askPrometheus("/api/v1/alerts");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var firing = new HashSet<String>();
    for (var alert : new ObjectMapper().readTree(answer.body()).path("data").path("alerts"))
      if (alert.path("state").asText().equals("firing"))
        firing.add(alert.path("labels").path("alertname").asText());
    return firing;
  }

  /** Prometheus answers 503 while it replays its log, and nothing at all before that. */
  private boolean prometheusIsReady() throws IOException, InterruptedException {
    try {
      return askPrometheus("/-/ready").statusCode() == 200;
    } catch (ConnectException notListeningYet) {
      return false;
    }
  }

  private HttpResponse<String> askPrometheus(String path) throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:%d%s".formatted(prometheus, path));
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private void startPrometheus(int deadLetters) throws IOException {
    prometheus = freePort();
    var rules = Files.readString(RULES);
    Files.writeString(
        folder.resolve("rules.yml"),
        rules
            .replaceAll("\\[\\d+[mh]]", WINDOW)
            .replaceAll("for: \\d+[mhd]", "for: 2s")
            .replace("> 900", "> 5")
            .replace("> 3.5 * 86400", "> 8"));
    var jobs = new StringBuilder("global: {scrape_interval: 1s, evaluation_interval: 1s}\n");
    jobs.append("rule_files: [rules.yml]\nscrape_configs:\n");
    for (var admin : addresses.admins()) jobs.append(job(service(admin), admin.getPort()));
    jobs.append(job("dead-letters", deadLetters));
    var config = Files.writeString(folder.resolve("prometheus.yml"), jobs);
    processes.add(
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + prometheus,
                "--log.level=warn")
            .inheritIO()
            .start());
    await().atMost(SOON).until(this::prometheusIsReady);
  }

  private static String job(String name, int port) {
    return "  - {job_name: %s, static_configs: [{targets: ['127.0.0.1:%d']}]}\n"
        .formatted(name, port);
  }

  private String service(URI admin) throws IOException {
    try {
      var info = HttpRequest.newBuilder(admin.resolve("/info")).build();
      var body = http.send(info, BodyHandlers.ofString()).body();
      return new ObjectMapper().readTree(body).path("service").asText();
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }

  /** The operators' tool, as a process of its own. */
  private Process loyalty(String... args) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                "com.xxxchatnow.loyalty.cli.Loyalty"));
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("KAFKA_BOOTSTRAP_SERVERS", addresses.bootstrapServers());
    builder.environment().put("SCHEMA_REGISTRY_URL", addresses.schemaRegistryUrl());
    builder.environment().put("REDEMPTION_API_URL", addresses.queries().toString());
    var process = builder.start();
    processes.add(process);
    return process;
  }

  private void done(String... args) throws IOException, InterruptedException {
    assertThat(loyalty(args).waitFor()).as(String.join(" ", args)).isZero();
  }

  private void fault(String json) throws IOException, InterruptedException {
    assertThat(post(addresses.rrr().resolve("/admin/faults"), json)).isLessThan(300);
  }

  private void noFaults() throws IOException, InterruptedException {
    var all = HttpRequest.newBuilder(addresses.rrr().resolve("/admin/faults")).DELETE().build();
    assertThat(http.send(all, BodyHandlers.discarding()).statusCode()).isLessThan(300);
  }

  private int post(URI uri, String json) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static boolean installed() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "prometheus")));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
