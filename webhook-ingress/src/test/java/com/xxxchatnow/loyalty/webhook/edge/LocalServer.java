package com.xxxchatnow.loyalty.webhook.edge;

import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.LocalPipeline;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import com.xxxchatnow.loyalty.webhook.edge.WebhookServer.EdgeLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The edge on a real port, and in place of Kafka a log that is looked into. */
final class LocalServer implements AutoCloseable {
  static final Duration FOR_A_BODY = Duration.ofMillis(700);
  static final int MEMORY = 1024 * 1024;
  static final EdgeLimits LIMITS =
      new EdgeLimits(20, Duration.ofSeconds(1), Duration.ofMillis(2_500), Duration.ofSeconds(5));

  final MockProducer<byte[], byte[]> kafka;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AvroSerdes serdes = LocalPipeline.serdes();
  private final WebhookServer edge;
  private final int port;

  /**
   * @param acknowledges whether the log acknowledges by itself
   */
  LocalServer(boolean acknowledges, EdgeLimits limits) {
    var bytes = new ByteArraySerializer();
    kafka = new MockProducer<>(cluster(), acknowledges, null, bytes, bytes);
    var metrics = new EdgeMetrics(meters);
    var clock = Clock.systemUTC();
    var webhooks = new WebhookPublisher(kafka, serdes.serializer(), metrics, Tracing.off(), clock);
    webhooks.warmUp();
    edge =
        new WebhookServer(
                "127.0.0.1",
                0,
                limits,
                new WebhookHandler(
                    new BodyReader(WebhookBody.MAX_BYTES, FOR_A_BODY, MEMORY),
                    new Verifier(
                        List.of(new Secret(Sender.SECRET)),
                        false,
                        Duration.ofMinutes(5),
                        Clock.systemUTC()),
                    webhooks,
                    metrics))
            .start();
    port = edge.port();
  }

  int port() {
    return port;
  }

  RawHttp connect() throws IOException {
    return new RawHttp(port());
  }

  List<WebhookReceived> kept() {
    return kafka.history().stream()
        .map(it ->
            serdes.<WebhookReceived>deserializer().deserialize(Topics.WEBHOOKS.name(), it.value()))
        .toList();
  }

  static Cluster cluster() {
    var node = new Node(1, "127.0.0.1", 1);
    var nodes = new Node[] {node};
    var partitions =
        IntStream.range(0, 12)
            .mapToObj(i -> new PartitionInfo(Topics.WEBHOOKS.name(), i, node, nodes, nodes))
            .toList();
    return new Cluster("local", List.of(node), partitions, Set.of(), Set.of());
  }

  @Override
  public void close() {
    edge.close();
  }
}
