package com.xxxchatnow.loyalty.sandbox;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.cli.topics.Registration;
import com.xxxchatnow.loyalty.earn.EarnProcessor;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.redemption.RedemptionSaga;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.webhook.WebhookIngress;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The production notes, held to it: TLS, SCRAM and ACLs. Each service has the rights of
 * ops/docker/acls.csv and its configuration from ops/docker/kafka-client.properties, and ends with
 * a message where one of them is missing.
 */
class SecuredIT {
  private static final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private static SecuredKafka kafka;
  private static Map<String, String> environment;
  private static Map<String, String> ports;

  @TempDir private static Path folder;

  @BeforeAll
  static void every_service_runs_with_its_own_user() throws Exception {
    kafka = part(SecuredKafka.start(folder));
    kafka
        .inTheClear()
        .createTopics(
            Topics.ALL.stream()
                .map(topic ->
                    new NewTopic(topic.name(), topic.partitions(), (short) 1)
                        .configs(topic.config()))
                .toList());
    kafka.grantWhatIsListed();
    var registry = part(LocalRegistry.start());
    Registration.register(registry.url());
    var rrr = part(Simulator.start(SimulatorConfig.defaults()));
    var webhooks = freePort();
    rrr.webhookUrl(URI.create("http://127.0.0.1:%d/webhooks/rrr".formatted(webhooks)));
    var defaults = SimulatorConfig.defaults();
    environment =
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", kafka.secureAddress(),
            "SCHEMA_REGISTRY_URL", registry.url(),
            "RRR_API_BASE_URL", rrr.baseUri().toString(),
            "RRR_CLIENT_ID", defaults.clientId(),
            "RRR_CLIENT_SECRET", defaults.clientSecret(),
            "RRR_WEBHOOK_SECRET", defaults.webhookSecret(),
            "REDEMPTION_PAYMENT_TIMEOUT", "6s",
            "REDEMPTION_QUOTE_TIMEOUT", "30s",
            "ADMIN_PORT", "0");
    start("earn-processor", EarnProcessor::start, 0);
    start(
        "redemption-saga",
        settings -> RedemptionSaga.start(settings, Clock.systemUTC()),
        freePort());
    start("webhook-ingress", WebhookIngress::start, webhooks);
    ports =
        Map.of(
            "PORT_KAFKA", port(kafka.inTheClear().bootstrapServers()),
            "PORT_REGISTRY", Integer.toString(URI.create(registry.url()).getPort()),
            "PORT_SIMULATOR", Integer.toString(rrr.baseUri().getPort()),
            "PORT_WEBHOOKS", Integer.toString(webhooks));
  }

  @AfterAll
  static void stop() throws Exception {
    while (!parts.isEmpty()) parts.pop().close();
  }

  @Test
  void the_listed_rights_suffice_for_everything_the_demonstration_shows() throws Exception {
    SandboxProcess.run(folder, ports, "--against", "compose", "--exit", "--json").wentAsExpected();
  }

  @Test
  void no_service_can_write_what_only_another_one_writes() throws IOException {
    assertThat(SecuredKafka.principals())
        .allSatisfy(user ->
            assertThatThrownBy(() -> publish(user, Topics.PURCHASES.name()))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TopicAuthorizationException.class));
    assertThatThrownBy(() -> publish("earn-processor", Topics.REDEMPTIONS.name()))
        .hasCauseInstanceOf(TopicAuthorizationException.class);
  }

  @Test
  void a_wrong_password_is_refused() throws Exception {
    var config = client("earn-processor", "guessed");
    try (var admin = Admin.create(config)) {
      assertThatThrownBy(() -> admin.listTopics().names().get())
          .hasCauseInstanceOf(SaslAuthenticationException.class);
    }
  }

  /** One right is missing; the operator is told which, instead of a service that does nothing. */
  @ParameterizedTest
  @CsvSource({
    "earn-processor-,            Not authorized to use transactional id: earn-processor-",
    "payments.purchases.v1,      Not authorized to access topics: [payments.purchases.v1]",
    "payments.purchases.v1.dlt,  Not authorized to access topics: [payments.purchases.v1.dlt]",
    "loyalty.link-updates.v1,    Not authorized to access topics: [loyalty.link-updates.v1]",
  })
  void a_service_without_one_of_its_rights_ends_and_names_it(String resource, String message)
      throws Exception {
    var user = "earn-processor-without-" + resource;
    kafka.grantAllBut(resource, user, "earn-processor");
    var own = new HashMap<>(environment);
    var config = kafka.clientConfig(user, SecuredKafka.password(user));
    own.put("KAFKA_CLIENT_CONFIG", config.toString());
    try (var process = JavaProcess.of(EarnProcessor.class).env(own).start()) {
      await()
          .atMost(ofSeconds(60))
          .pollInterval(ofMillis(200))
          .until(() -> {
            unreadable();
            return !process.alive();
          });
      assertThat(process.exitCode()).as(process.output()).isEqualTo(Service.EXIT_FATAL);
      assertThat(process.output().lines().filter(line -> line.contains(" ERROR Service - ")))
          .singleElement()
          .asString()
          .contains(message);
    }
  }

  /** For every partition a record that has to be dead-lettered. */
  private static void unreadable() {
    var bytes = new ByteArraySerializer();
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.inTheClear().bootstrapServers()),
            bytes,
            bytes)) {
      for (var partition = 0; partition < Topics.PURCHASES.partitions(); partition++) {
        var _ =
            producer.send(
                new ProducerRecord<>(Topics.PURCHASES.name(), partition, null, new byte[] {1}));
      }
    }
  }

  private static void publish(String user, String topic) throws Exception {
    var config = client(user, SecuredKafka.password(user));
    var bytes = new ByteArraySerializer();
    try (var producer = new KafkaProducer<>(config, bytes, bytes)) {
      producer.send(new ProducerRecord<>(topic, new byte[] {1})).get();
    }
  }

  private static Map<String, Object> client(String user, String password) throws IOException {
    var properties = new Properties();
    properties.load(new StringReader(Files.readString(kafka.clientConfig(user, password))));
    var config = new HashMap<String, Object>();
    properties.forEach((name, value) -> config.put((String) name, value));
    config.put("bootstrap.servers", kafka.secureAddress());
    return config;
  }

  private static void start(String name, Function<Settings, Service> start, int httpPort)
      throws IOException {
    var own = new HashMap<>(environment);
    var password = SecuredKafka.password(name);
    own.put("KAFKA_CLIENT_CONFIG", kafka.clientConfig(name, password).toString());
    own.put("HTTP_PORT", Integer.toString(httpPort));
    own.put("REDEMPTION_STATE_DIR", folder.resolve(name).toString());
    own.put("WEBHOOK_STATE_DIR", folder.resolve(name).toString());
    part(start.apply(Settings.of(own)));
  }

  private static <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  private static String port(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
