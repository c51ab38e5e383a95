package com.xxxchatnow.loyalty.sandbox;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Where docker-compose.yml publishes its ports on this machine; the environment names are those of
 * {@code .env.example}.
 */
final class ComposeSettings {
  private ComposeSettings() {}

  static Addresses addresses() {
    return addresses(System.getenv());
  }

  static Addresses addresses(Map<String, String> environment) {
    return new Addresses(
        at(environment, "PORT_KAFKA", 9092),
        "http://" + at(environment, "PORT_REGISTRY", 8081) + "/apis/ccompat/v7",
        URI.create("http://" + at(environment, "PORT_SIMULATOR", 8090)),
        URI.create("http://" + at(environment, "PORT_WEBHOOKS", 8080) + "/webhooks/rrr"),
        URI.create("http://" + at(environment, "PORT_REDEMPTIONS", 8082)),
        List.of());
  }

  private static String at(Map<String, String> environment, String name, int usual) {
    return "127.0.0.1:" + environment.getOrDefault(name, Integer.toString(usual));
  }
}
