package com.xxxchatnow.loyalty.bench;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/** Broker, registry and RRR's simulator without a rate limit, for one measurement. */
final class Stack implements AutoCloseable {
  private static final String UNLIMITED = "10000";

  private final LocalKafka kafka = LocalKafka.start();
  private final LocalRegistry registry = LocalRegistry.start();
  private final SimulatorConfig config =
      SimulatorConfig.defaults().withoutRateLimit().withStartBalance(1_000_000);
  private final Simulator simulator = Simulator.start(config);

  Stack() {
    kafka.createTopics(
        Topics.ALL.stream()
            .map(topic ->
                new NewTopic(topic.name(), topic.partitions(), (short) 1).configs(topic.config()))
            .toList());
    Topics.RECORDS.forEach(topic ->
        ReleasedSchemas.of(topic).forEach(each -> registry.register(topic.subject(), each)));
  }

  KafkaSettings settings() {
    return new KafkaSettings(kafka.bootstrapServers(), registry.url(), Map.of());
  }

  Simulator simulator() {
    return simulator;
  }

  /** What a service needs to know of it. */
  Map<String, String> env() {
    return new HashMap<>(
        Map.of(
            "KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
            "SCHEMA_REGISTRY_URL", registry.url(),
            "RRR_API_BASE_URL", simulator.baseUri().toString(),
            "RRR_CLIENT_ID", config.clientId(),
            "RRR_CLIENT_SECRET", config.clientSecret(),
            "RRR_RATE_LIMIT_RPS", UNLIMITED,
            "RRR_RATE_LIMIT_BURST", UNLIMITED,
            "HTTP_PORT", "0",
            "ADMIN_PORT", "0"));
  }

  @Override
  public void close() {
    simulator.close();
    registry.close();
    kafka.close();
  }
}
