package com.xxxchatnow.loyalty.simulator.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a simulator behaves: defaults are the contract's, every {@code with…} gives a changed copy.
 * (A class and not a record: a record of two dozen fields has no withers of one line.)
 */
public final class SimulatorConfig implements Cloneable {
  /** When an earn is posted: as its policy asks, or always at once, or always later. */
  public enum Posting {
    AS_ASKED,
    POSTED,
    PENDING
  }

  /** What a commit of an expired quote is answered; the contract names no code. */
  public enum ExpiredQuote {
    CONFLICT_WITH_REASON,
    CONFLICT,
    VALIDATION_FAILED_WITH_REASON,
    VALIDATION_FAILED,
    NOT_FOUND
  }

  /** The two ways to sign a webhook, contract "Webhooks". */
  public enum Signature {
    PLAIN,
    ENVELOPE
  }

  public String host = "127.0.0.1";
  public int port = 0;
  public Integer httpsPort = null;
  public Path certificates = null;
  public long seed = 1;
  public String clientId = "xcn";
  public String clientSecret = "simulator-secret";
  public Duration tokenLifetime = Duration.ofHours(1);
  public int requestsPerSecond = 100;
  public int burst = 200;
  public Duration retryAfter = null;
  public Duration idempotencyMemory = Duration.ofDays(30);
  public boolean remembersRefusals = true;
  public Posting posting = Posting.AS_ASKED;
  public Duration pendingFor = Duration.ofHours(48);
  public int maxBatch = 100;
  public long startBalance = 0;
  public Duration quoteLifetime = Duration.ofMinutes(15);
  public int pointValueMinor = 1;
  public long minRedeemPoints = 1;
  public long maxRedeemPoints = 1_000_000;
  public ExpiredQuote expiredQuote = ExpiredQuote.CONFLICT_WITH_REASON;
  public Duration intentLifetime = Duration.ofMinutes(15);
  public URI webhookUrl = null;
  public String webhookSecret = "simulator-webhook-secret";
  public Signature webhookSignature = Signature.PLAIN;
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

  private SimulatorConfig() {}

  public static SimulatorConfig defaults() {
    return new SimulatorConfig();
  }

  public String clientId() {
    return clientId;
  }

  public String clientSecret() {
    return clientSecret;
  }

  public String webhookSecret() {
    return webhookSecret;
  }

  /** The address to listen on; on another than loopback everybody who reaches it is its admin. */
  public SimulatorConfig withHost(String value) {
    return with(c -> c.host = value);
  }

  /**
   * The API over HTTPS too, with a certificate that is made and kept in this folder, beside {@code
   * trust.p12} for the callers.
   */
  public SimulatorConfig withHttps(int port, Path folder) {
    return with(c -> {
      c.httpsPort = port;
      c.certificates = folder;
    });
  }

  /** 0 = any free port. */
  public SimulatorConfig withPort(int value) {
    return with(c -> c.port = value);
  }

  /** Decides ids, which calls a share of faults strikes, duplicates and order of webhooks. */
  public SimulatorConfig withSeed(long value) {
    return with(c -> c.seed = value);
  }

  public SimulatorConfig withCredentials(String id, String secret) {
    return with(c -> {
      c.clientId = id;
      c.clientSecret = secret;
    });
  }

  public SimulatorConfig withTokenLifetime(Duration value) {
    return with(c -> c.tokenLifetime = value);
  }

  /** 0 requests per second = no limit. */
  public SimulatorConfig withRateLimit(int perSecond, int burst) {
    return with(c -> {
      c.requestsPerSecond = perSecond;
      c.burst = burst;
    });
  }

  public SimulatorConfig withoutRateLimit() {
    return withRateLimit(0, 0);
  }

  /** What a 429 says in {@code Retry-After} (whole seconds); null = it says nothing. */
  public SimulatorConfig withRetryAfter(Duration value) {
    return with(c -> c.retryAfter = value);
  }

  public SimulatorConfig withIdempotencyMemory(Duration value) {
    return with(c -> c.idempotencyMemory = value);
  }

  /** False: only what was applied is replayed, a refused call is judged anew. */
  public SimulatorConfig withRemembersRefusals(boolean value) {
    return with(c -> c.remembersRefusals = value);
  }

  public SimulatorConfig withPosting(Posting value) {
    return with(c -> c.posting = value);
  }

  /** How long after the earn a pending entry is posted. */
  public SimulatorConfig withPendingFor(Duration value) {
    return with(c -> c.pendingFor = value);
  }

  public SimulatorConfig withMaxBatch(int items) {
    return with(c -> c.maxBatch = items);
  }

  /** Points of every linked member before the first call; booked as ADJUST when first seen. */
  public SimulatorConfig withStartBalance(long points) {
    return with(c -> c.startBalance = points);
  }

  public SimulatorConfig withQuoteLifetime(Duration value) {
    return with(c -> c.quoteLifetime = value);
  }

  /** What one point is worth, in minor units of the cart's currency. */
  public SimulatorConfig withPointValueMinor(int value) {
    return with(c -> c.pointValueMinor = value);
  }

  /** The fewest and the most points one redemption may burn. */
  public SimulatorConfig withRedeemablePoints(long min, long max) {
    return with(c -> {
      c.minRedeemPoints = min;
      c.maxRedeemPoints = max;
    });
  }

  public SimulatorConfig withExpiredQuote(ExpiredQuote value) {
    return with(c -> c.expiredQuote = value);
  }

  /** Null = events are recorded and not sent. */
  public SimulatorConfig withWebhookUrl(URI value) {
    return with(c -> c.webhookUrl = checkedWebhookUrl(value));
  }

  public SimulatorConfig withWebhookSecret(String value) {
    return with(c -> c.webhookSecret = value);
  }

  public SimulatorConfig withWebhookSignature(Signature value) {
    return with(c -> c.webhookSignature = value);
  }

  /** True: a re-send carries the timestamp of the first attempt (envelope only). */
  public SimulatorConfig withWebhookKeepsTimestamp(boolean value) {
    return with(c -> c.webhookKeepsTimestamp = value);
  }

  /** The pauses between attempts; after the last one the simulator gives up. */
  public SimulatorConfig withWebhookRetryDelays(Duration... values) {
    return with(c -> c.webhookRetryDelays = List.of(values));
  }

  /** How long one delivery may take, connection included. */
  public SimulatorConfig withWebhookTimeout(Duration value) {
    return with(c -> c.webhookTimeout = value);
  }

  /** The share (0..1) of events that are delivered once more although they were accepted. */
  public SimulatorConfig withWebhookDuplicates(double share) {
    return with(c -> c.webhookDuplicates = share);
  }

  /** True: events of one member may arrive in any order. */
  public SimulatorConfig withWebhookScrambled(boolean value) {
    return with(c -> c.webhookScrambled = value);
  }

  private SimulatorConfig with(Consumer<SimulatorConfig> change) {
    var copy = clone();
    change.accept(copy);
    return copy;
  }

  @Override
  protected SimulatorConfig clone() {
    try {
      return (SimulatorConfig) super.clone();
    } catch (CloneNotSupportedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  public static URI checkedWebhookUrl(URI url) {
    if (url != null
        && (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())))
      throw new IllegalArgumentException("not an address of a webhook: " + url);
    return url;
  }
}
