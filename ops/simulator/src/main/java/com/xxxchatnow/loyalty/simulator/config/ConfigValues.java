package com.xxxchatnow.loyalty.simulator.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The values of {@link SimulatorConfig} with their defaults, which are docs/rrr-contract.md's. */
abstract class ConfigValues {
  public String host = "127.0.0.1";
  public int port = 0;
  public Integer httpsPort = null;
  public Path certificates = null;
  public long seed = 1;
  public String clientId = "xcn";
  public String clientSecret = "simulator-secret";

  /** Secrets by client id, beside the one above. */
  public Map<String, String> furtherClients = Map.of();

  public Duration tokenLifetime = Duration.ofHours(1);
  public int requestsPerSecond = 100;
  public int burst = 200;
  public Duration retryAfter = null;
  public Duration idempotencyMemory = Duration.ofDays(30);
  public boolean remembersRefusals = true;
  public boolean keysInSourceRef = true;
  public SimulatorConfig.Posting posting = SimulatorConfig.Posting.AS_ASKED;
  public Duration pendingFor = Duration.ofHours(48);
  public int maxBatch = 100;
  public long startBalance = 0;
  public Duration quoteLifetime = Duration.ofMinutes(15);
  public int pointValueMinor = 1;
  public long minRedeemPoints = 1;
  public long maxRedeemPoints = 1_000_000;
  public SimulatorConfig.ExpiredQuote expiredQuote =
      SimulatorConfig.ExpiredQuote.CONFLICT_WITH_REASON;
  public Duration intentLifetime = Duration.ofMinutes(15);
  public URI webhookUrl = null;
  public String webhookSecret = "simulator-webhook-secret";
  public SimulatorConfig.Signature webhookSignature = SimulatorConfig.Signature.PLAIN;
  public boolean webhookKeepsTimestamp = false;
  public List<Duration> webhookRetryDelays =
      List.of(
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(12));
  public Duration webhookTimeout = Duration.ofSeconds(10);
  public double webhookDuplicates = 0;
  public boolean webhookScrambled = false;
}
