package com.xxxchatnow.loyalty.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.bench.SignedWebhooks.Webhook;
import com.xxxchatnow.loyalty.cli.topics.Provisioning;
import com.xxxchatnow.loyalty.cli.topics.Registration;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.WebhookIngress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How many webhooks a second the ingress acknowledges, and how long an answer takes; beside it a
 * bare producer that writes the same records with the same settings to the same topic in the same
 * run, one after the other.
 */
@Command(
    name = "webhooks",
    description = "Acknowledged webhooks per second and their latency, beside a bare producer.",
    mixinStandardHelpOptions = true)
final class WebhooksBench implements Callable<Integer> {
  private static final Duration STARTING = Duration.ofSeconds(90);

  @Option(names = "--brokers", defaultValue = "3", description = "1 or 3; default ${DEFAULT-VALUE}")
  private int brokers;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "length of each measurement; default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--connections",
      split = ",",
      defaultValue = "1,64",
      description = "default ${DEFAULT-VALUE}")
  private List<Integer> connections;

  @Spec private CommandSpec spec;

  private final SignedWebhooks webhooks = new SignedWebhooks(Clock.systemUTC());

  @Override
  public Integer call() throws Exception {
    var config = brokers == 1 ? LocalKafkaConfig.oneBroker() : LocalKafkaConfig.threeBrokers();
    var state = Files.createTempDirectory("bench-webhooks-");
    try (var kafka = LocalKafka.start(config);
        var registry = LocalRegistry.start()) {
      provision(kafka, registry);
      try (var ingress = ingress(kafka, registry, state)) {
        ingress.awaitLine("Webhooks are taken", STARTING);
        measure(kafka, registry, port(ingress));
      }
    } finally {
      try (var files = Files.walk(state)) {
        files.sorted(Comparator.reverseOrder()).forEach(WebhooksBench::delete);
      }
    }
    return 0;
  }

  private void measure(LocalKafka kafka, LocalRegistry registry, int port) throws Exception {
    var out = spec.commandLine().getOut();
    out.printf("%d broker(s), acks=all, %d s each after warming up%n", brokers, seconds);
    out.printf("%-28s %12s %10s %10s %8s%n", "", "per second", "p50 ms", "p99 ms", "failed");
    for (var count : connections) {
      try (var producer = producer(kafka);
          Serializer<WebhookReceived> values = new AvroSerdes(registry.url()).serializer()) {
        print(out, count + " × bare producer", count, () -> () -> write(producer, values));
      }
      print(out, count + " × ingress", count, () -> sender(port));
    }
  }

  private void print(PrintWriter out, String what, int threads, Load.Workers workers)
      throws Exception {
    var measured = Load.run(threads, Duration.ofSeconds(seconds), workers);
    out.printf(
        "%-28s %,12.0f %10.1f %10.1f %8d%n",
        what,
        measured.perSecond(),
        measured.millis(0.50),
        measured.millis(0.99),
        measured.failed());
    out.flush();
  }

  private Load.Worker sender(int port) throws Exception {
    var connection = new KeepAlive(port);
    return new Load.Worker() {
      @Override
      public boolean once() throws Exception {
        return connection.exchange(SignedWebhooks.request(webhooks.next())) == 200;
      }

      @Override
      public void close() throws IOException {
        connection.close();
      }
    };
  }

  private boolean write(KafkaProducer<byte[], byte[]> producer, Serializer<WebhookReceived> values)
      throws Exception {
    var webhook = webhooks.next();
    producer
        .send(record(webhook, values.serialize(Topics.WEBHOOKS.name(), webhooks.kept(webhook))))
        .get();
    return true;
  }

  /** Where and how the ingress writes it. */
  private static ProducerRecord<byte[], byte[]> record(Webhook webhook, byte[] value) {
    var hash = Utils.toPositive(Utils.murmur2(webhook.member().getBytes(UTF_8)));
    var partition = hash % Topics.WEBHOOKS.partitions();
    return new ProducerRecord<>(
        Topics.WEBHOOKS.name(), partition, webhook.eventId().getBytes(UTF_8), value);
  }

  private static KafkaProducer<byte[], byte[]> producer(LocalKafka kafka) {
    var config = new HashMap<>(WebhookIngress.producerConfig());
    config.put("bootstrap.servers", kafka.bootstrapServers());
    var bytes = new ByteArraySerializer();
    return new KafkaProducer<>(config, bytes, bytes);
  }

  private static JavaProcess ingress(LocalKafka kafka, LocalRegistry registry, Path state) {
    return JavaProcess.of(WebhookIngress.class)
        .jvmArgs("-XX:TieredStopAtLevel=4", "-Xmx512m")
        .env("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers())
        .env("SCHEMA_REGISTRY_URL", registry.url())
        .env("RRR_WEBHOOK_SECRET", SignedWebhooks.SECRET)
        .env("HTTP_PORT", "0")
        .env("ADMIN_PORT", "0")
        .env("WEBHOOK_STATE_DIR", state.toString())
        .start();
  }

  private static int port(JavaProcess ingress) {
    var line = ingress.awaitLine("takes webhooks at http", STARTING);
    return Integer.parseInt(line.replaceAll(".*127\\.0\\.0\\.1:(\\d+)/.*", "$1"));
  }

  private void provision(LocalKafka kafka, LocalRegistry registry) throws Exception {
    Registration.register(registry.url());
    Provisioning.apply(kafka.admin(), brokers, brokers == 1 ? 1 : 2);
  }

  private static void delete(Path path) {
    if (!path.toFile().delete()) path.toFile().deleteOnExit();
  }
}
