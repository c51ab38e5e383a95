package com.xxxchatnow.loyalty.redemption;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.redemption.query.RedemptionJson;
import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/**
 * Everything around the saga, and real: a broker, a registry, RRR's simulator, a checkout and a
 * payment system that write, and a read_committed reader of what the saga announces.
 */
final class RedemptionFixture implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final Simulator simulator;
  final KafkaSettings settings;
  private final LocalKafka kafka = LocalKafka.start();
  private final List<Service> closing = new ArrayList<>();
  private final KafkaProducer<String, byte[]> producer;
  private final Serializer<SpecificRecord> serializer;
  private final Deserializer<RedemptionStatusChanged> deserializer;
  private final Map<String, List<RedemptionStatusChanged>> announced = new ConcurrentHashMap<>();
  private final TopicFollower follower;
  private volatile Consumer<RedemptionStatusChanged> listener = _ -> {};
  private int folders;
  private final Path folder;

  RedemptionFixture() {
    this(SimulatorConfig.defaults().withoutRateLimit().withStartBalance(10_000));
  }

  RedemptionFixture(SimulatorConfig config) {
    simulator = Simulator.start(config);
    kafka.createTopics(
        Topics.ALL.stream()
            .map(topic ->
                new NewTopic(topic.name(), topic.partitions(), (short) 1).configs(topic.config()))
            .toList());
    var registry = LocalRegistry.shared();
    Topics.RECORDS.forEach(topic ->
        ReleasedSchemas.of(topic).forEach(each -> registry.register(topic.subject(), each)));
    settings = new KafkaSettings(kafka.bootstrapServers(), registry.url(), Map.of());
    producer =
        new KafkaProducer<>(
            settings.client("world", Map.of("linger.ms", 0)),
            new StringSerializer(),
            new ByteArraySerializer());
    serializer = settings.serdes().serializer();
    deserializer = settings.serdes().deserializer();
    follower =
        new TopicFollower(
            Topics.REDEMPTIONS.name(), From.BEGINNING, "world", settings, this::announced);
    try {
      folder = Files.createTempDirectory("saga-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The environment of one instance of the service, with a state folder of its own. */
  Map<String, String> env(Map<String, String> more) {
    var env =
        new HashMap<>(
            Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", settings.bootstrapServers(),
                "SCHEMA_REGISTRY_URL", settings.schemaRegistryUrl(),
                "RRR_API_BASE_URL", simulator.baseUri().toString(),
                "RRR_CLIENT_ID", SimulatorConfig.defaults().clientId(),
                "RRR_CLIENT_SECRET", SimulatorConfig.defaults().clientSecret(),
                "RRR_RATE_LIMIT_RPS", "1000",
                "RRR_RATE_LIMIT_BURST", "1000",
                "HTTP_PORT", "0",
                "ADMIN_PORT", "0",
                "REDEMPTION_STATE_DIR", folder.resolve("state-" + folders++).toString()));
    env.putAll(more);
    return env;
  }

  /** Starts an instance in this JVM; the world closes it if the test does not. */
  Service saga(Map<String, String> more) {
    var saga = RedemptionSaga.start(Settings.of(env(more)), Clock.systemUTC());
    closing.add(saga);
    return saga;
  }

  /** Stops an instance of this JVM. */
  void stops(Service saga) {
    closing.remove(saga);
    saga.close();
  }

  /** Where an instance of this JVM answers queries. */
  String queries(Service saga) {
    return info("http://127.0.0.1:" + saga.adminPort()).path("queries").asText();
  }

  private static JsonNode info(String admin) {
    try (var info = URI.create(admin + "/info").toURL().openStream()) {
      return RedemptionJson.JSON.readTree(info);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks an instance; the headers are names and values in turn. */
  static HttpResponse<String> get(String uri, String... headers) {
    try {
      var request = HttpRequest.newBuilder(URI.create(uri));
      if (headers.length > 0) request.headers(headers);
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts an instance in a process of its own, to be killed; its log is in its output. */
  JavaProcess process(Map<String, String> more) {
    var process =
        JavaProcess.of(RedemptionSaga.class)
            .env(env(more))
            // Its own log, and not the tests', which says nothing.
            .jvmArgs("-Dlogback.configurationFile=logback.xml")
            .start();
    process.awaitLine("redemption-saga runs", Duration.ofSeconds(60));
    return process;
  }

  /** A checkout of 50.00 CAD by the user asks for so many points. */
  void requests(String order, String user, long points) {
    send(Topics.REDEMPTION_REQUESTS, order, request(order, user, points));
  }

  RedemptionRequested request(String order, String user, long points) {
    return RedemptionRequested.newBuilder()
        .setOrderId(order)
        .setUserId(user)
        .setCurrency("CAD")
        .setCartTotalMinor(5_000)
        .setItems(List.of(new CartItem("tokens", 1, 5_000L)))
        .setMode(RedemptionMode.EXACT)
        .setPoints(points)
        .setRequestedAt(Instant.now())
        .build();
  }

  /** The payment ends so; {@code quote} is the one whose discount was charged, or null. */
  void pays(String order, PaymentStatus status, String quote) {
    send(Topics.PAYMENT_OUTCOMES, order, outcome(order, status, quote));
  }

  /** The payment with the quote's discount succeeds. */
  PaymentOutcome paid(String order, String quote) {
    return outcome(order, PaymentStatus.SUCCEEDED, quote);
  }

  private static PaymentOutcome outcome(String order, PaymentStatus status, String quote) {
    return PaymentOutcome.newBuilder()
        .setOrderId(order)
        .setStatus(status)
        .setQuoteId(quote)
        .setOccurredAt(Instant.now())
        .build();
  }

  /** A record as the topic's own publisher writes it. */
  byte[] value(Topic<?> topic, SpecificRecord value) {
    return serializer.serialize(topic.name(), value);
  }

  void send(Topic<?> topic, String key, SpecificRecord value) {
    producer.send(new ProducerRecord<>(topic.name(), key, value(topic, value)));
  }

  /** Waits until the order has this status in a committed announcement. */
  RedemptionStatusChanged awaits(String order, RedemptionStatus status) {
    return awaits(order, status, PATIENCE);
  }

  RedemptionStatusChanged awaits(String order, RedemptionStatus status, Duration atMost) {
    Awaitility.await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() ->
            assertThat(last(order))
                .as("%s, after %s", order, announced(order))
                .extracting(RedemptionStatusChanged::getStatus)
                .isEqualTo(status));
    return last(order);
  }

  /** What the payment system does when it reads an announcement. */
  void onAnnounced(Consumer<RedemptionStatusChanged> next) {
    listener = next;
  }

  /** The newest announcement of an order, or null. */
  RedemptionStatusChanged last(String order) {
    var all = announced.get(order);
    return all == null || all.isEmpty() ? null : all.getLast();
  }

  /** All of an order's announcements. */
  List<RedemptionStatusChanged> announced(String order) {
    return announced.getOrDefault(order, List.of());
  }

  LocalKafka kafka() {
    return kafka;
  }

  @Override
  public void close() throws IOException {
    for (var each : closing.reversed()) each.close();
    follower.close();
    producer.close();
    kafka.close();
    simulator.close();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    }
  }

  private void announced(ConsumerRecord<byte[], byte[]> record) {
    var change = deserializer.deserialize(record.topic(), record.value());
    announced
        .computeIfAbsent(
            new String(record.key(), StandardCharsets.UTF_8), _ -> new CopyOnWriteArrayList<>())
        .add(change);
    listener.accept(change);
  }
}
