package com.xxxchatnow.loyalty.simulator.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How a simulator behaves: the defaults follow docs/rrr-contract.md, every {@code with…} gives a
 * changed copy. (Not a record, because each wither of a record of two dozen fields repeats them.)
 */
public final class SimulatorConfig extends ConfigValues implements Cloneable {
  /** When an earn is posted: as its policy asks, or always at once, or always later. */
  public enum Posting {
    AS_ASKED,
    POSTED,
    PENDING
  }

  /** The answer to a commit of an expired quote: see docs/rrr-contract.md#expired-quote. */
  public enum ExpiredQuote {
    CONFLICT_WITH_REASON,
    CONFLICT,
    VALIDATION_FAILED_WITH_REASON,
    VALIDATION_FAILED,
    NOT_FOUND
  }

  /** The two ways to sign a webhook: see docs/rrr-contract.md#webhook-signature. */
  public enum Signature {
    PLAIN,
    ENVELOPE
  }

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

  /**
   * The address to listen on; on any other than loopback everybody who can reach it is its admin.
   */
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

  /** Other clients of RRR, secrets by id: the same members and ledger, keys of their own. */
  public SimulatorConfig withFurtherClients(Map<String, String> secrets) {
    return with(c -> c.furtherClients = Map.copyOf(secrets));
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

  /** The {@code Retry-After} of a 429; null = without. */
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

  /**
   * False: {@code source_ref} in the ledger's answers and in webhooks is a reference of RRR's own
   * and not our key; {@code Simulator.ledger()} still shows the key to a judge.
   */
  public SimulatorConfig withKeysInSourceRef(boolean value) {
    return with(c -> c.keysInSourceRef = value);
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
