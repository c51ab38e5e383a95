package com.xxxchatnow.loyalty.localkafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What a {@link LocalKafka} shall be.
 *
 * @param brokers 1 (broker and controller in one), or 3 (and a controller apart; replication factor
 *     3, two replicas in sync)
 * @param port of the first broker, the others follow; 0 for free ports
 * @param parent the folder in which the brokers' own folder is made, and removed when closed; null
 *     for the JVM's temporary folder
 * @param overrides properties of all nodes, as in {@code server.properties}; they go before this
 *     module's
 */
public record LocalKafkaConfig(int brokers, int port, Path parent, Map<String, String> overrides) {
  public LocalKafkaConfig {
    if (brokers != 1 && brokers != 3) throw new IllegalArgumentException("brokers: 1 or 3");
    overrides = Map.copyOf(overrides);
  }

  public static LocalKafkaConfig oneBroker() {
    return new LocalKafkaConfig(1, 0, null, Map.of());
  }

  public static LocalKafkaConfig threeBrokers() {
    return new LocalKafkaConfig(3, 0, null, Map.of());
  }

  public LocalKafkaConfig withPort(int firstPort) {
    return new LocalKafkaConfig(brokers, firstPort, parent, overrides);
  }

  public LocalKafkaConfig in(Path folder) {
    return new LocalKafkaConfig(brokers, port, folder, overrides);
  }

  public LocalKafkaConfig with(String property, String value) {
    var more = new HashMap<>(overrides);
    more.put(property, value);
    return new LocalKafkaConfig(brokers, port, parent, more);
  }
}
