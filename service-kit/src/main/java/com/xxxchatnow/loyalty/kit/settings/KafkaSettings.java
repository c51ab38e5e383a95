package com.xxxchatnow.loyalty.kit.settings;

import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * How to reach Kafka and the schema registry.
 *
 * @param clientConfig properties merged into every client; they go before the service's own, so
 *     that an operator has the last word
 */
public record KafkaSettings(
    String bootstrapServers, String schemaRegistryUrl, Map<String, Object> clientConfig) {

  public static KafkaSettings from(Settings settings) {
    return new KafkaSettings(
        settings.text(Setting.KAFKA_BOOTSTRAP_SERVERS), registry(settings), properties(settings));
  }

  /** The registry's client says its address where it can't reach it: no password must be in it. */
  private static String registry(Settings settings) {
    var url = settings.text(Setting.SCHEMA_REGISTRY_URL);
    if (!url.contains("@")) return url;
    settings.problem(
        Setting.SCHEMA_REGISTRY_URL
            + " must hold no user and password: they belong in KAFKA_CLIENT_CONFIG, as"
            + " basic.auth.user.info with basic.auth.credentials.source=USER_INFO");
    return "";
  }

  /** The configuration of one client: the service's own properties, then the operator's. */
  public Map<String, Object> client(String clientId, Map<String, ?> own) {
    var all = new HashMap<String, Object>(own);
    all.put("bootstrap.servers", bootstrapServers);
    all.put("client.id", clientId);
    all.putAll(clientConfig);
    return all;
  }

  /** Serdes on this registry. */
  public AvroSerdes serdes() {
    var config = new HashMap<String, Object>(clientConfig);
    config.put("schema.registry.url", schemaRegistryUrl);
    return new AvroSerdes(config);
  }

  /** Client properties may hold passwords: only where they lead to is printed. */
  @Override
  public String toString() {
    return "KafkaSettings[bootstrapServers=%s, schemaRegistryUrl=%s, clientConfig=%s]"
        .formatted(bootstrapServers, schemaRegistryUrl, clientConfig.keySet());
  }

  private static Map<String, Object> properties(Settings settings) {
    var path = settings.path(Setting.KAFKA_CLIENT_CONFIG);
    var all = new HashMap<String, Object>();
    if (path != null && Files.isReadable(path)) {
      read(path, settings).forEach((name, value) -> all.put((String) name, value));
    }
    return Map.copyOf(all);
  }

  private static Properties read(Path path, Settings settings) {
    var properties = new Properties();
    try (var reader = Files.newBufferedReader(path)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException unreadable) {
      settings.problem(
          Setting.KAFKA_CLIENT_CONFIG + " can't be read as properties: " + unreadable.getMessage());
    }
    return properties;
  }
}
