package com.xxxchatnow.loyalty.simulator;

import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The simulator's environment variables; docs/simulator.md#settings explains them. */
final class Settings {
  private static final int DEFAULT_PORT = 8090;

  private final Map<String, String> environment;
  private final Set<String> known = new HashSet<>();
  private final List<String> faults = new ArrayList<>();

  private Settings(Map<String, String> environment) {
    this.environment = environment;
  }

  /** {@link IllegalArgumentException} with one line for each fault. */
  static SimulatorConfig read(Map<String, String> environment) {
    var settings = new Settings(environment);
    var config = settings.config();
    environment.keySet().stream()
        .filter(name -> name.startsWith("SIMULATOR_") && !settings.known.contains(name))
        .forEach(name -> settings.faults.add(name + ": no such setting"));
    if (settings.faults.isEmpty()) return config;
    throw new IllegalArgumentException(String.join("\n", settings.faults));
  }

  private SimulatorConfig config() {
    var d = SimulatorConfig.defaults();
    return https(d)
        .withHost(get("HTTP_HOST", d.host, Function.identity()))
        .withPort(get("HTTP_PORT", DEFAULT_PORT, Integer::valueOf))
        .withSeed(get("SIMULATOR_SEED", d.seed, Long::valueOf))
        .withCredentials(
            get("RRR_CLIENT_ID", d.clientId, Function.identity()),
            get("RRR_CLIENT_SECRET", d.clientSecret, Function.identity()))
        .withFurtherClients(get("SIMULATOR_FURTHER_CLIENTS", d.furtherClients, Settings::clients))
        .withTokenLifetime(get("SIMULATOR_TOKEN_LIFETIME", d.tokenLifetime, Duration::parse))
        .withRateLimit(
            get("SIMULATOR_RATE_LIMIT_RPS", d.requestsPerSecond, Integer::valueOf),
            get("SIMULATOR_RATE_LIMIT_BURST", d.burst, Integer::valueOf))
        .withStartBalance(get("SIMULATOR_START_BALANCE", d.startBalance, Long::valueOf))
        .withQuoteLifetime(get("SIMULATOR_QUOTE_LIFETIME", d.quoteLifetime, Duration::parse))
        .withPosting(get("SIMULATOR_POSTING", d.posting, SimulatorConfig.Posting::valueOf))
        .withPendingFor(get("SIMULATOR_PENDING_FOR", d.pendingFor, Duration::parse))
        .withRemembersRefusals(
            get("SIMULATOR_REMEMBERS_REFUSALS", d.remembersRefusals, Boolean::valueOf))
        .withKeysInSourceRef(
            get("SIMULATOR_KEYS_IN_SOURCE_REF", d.keysInSourceRef, Boolean::valueOf))
        .withWebhookUrl(
            get("WEBHOOK_URL", null, url -> SimulatorConfig.checkedWebhookUrl(URI.create(url))))
        .withWebhookSecret(get("RRR_WEBHOOK_SECRET", d.webhookSecret, Function.identity()))
        .withWebhookSignature(
            get(
                "RRR_WEBHOOK_SIGNATURE",
                d.webhookSignature,
                text -> SimulatorConfig.Signature.valueOf(text.toUpperCase(Locale.ROOT))))
        .withWebhookRetryDelays(
            get("SIMULATOR_WEBHOOK_RETRY_DELAYS", d.webhookRetryDelays, Settings::durations)
                .toArray(Duration[]::new))
        .withWebhookDuplicates(
            get("SIMULATOR_WEBHOOK_DUPLICATES", d.webhookDuplicates, Double::valueOf))
        .withWebhookScrambled(
            get("SIMULATOR_WEBHOOK_SCRAMBLED", d.webhookScrambled, Boolean::valueOf));
  }

  private SimulatorConfig https(SimulatorConfig config) {
    var port = get("HTTPS_PORT", null, Integer::valueOf);
    var folder = get("SIMULATOR_CERTIFICATES", null, Path::of);
    if (port == null) return config;
    if (folder == null || !Files.isDirectory(folder)) {
      faults.add("SIMULATOR_CERTIFICATES: HTTPS_PORT needs a folder to keep a certificate in");
    }
    return config.withHttps(port, folder);
  }

  /** {@code id:secret,id:secret}. */
  private static Map<String, String> clients(String text) {
    return Arrays.stream(text.split(","))
        .map(each -> each.strip().split(":", 2))
        .collect(Collectors.toMap(each -> each[0], each -> each[1]));
  }

  private static List<Duration> durations(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).map(Duration::parse).toList();
  }

  private <T> T get(String name, T without, Function<String, T> parse) {
    known.add(name);
    var text = environment.get(name);
    if (text == null || text.isBlank()) return without;
    try {
      return parse.apply(text.strip());
    } catch (RuntimeException wrong) {
      faults.add(name + ": cannot be read, see the README's table");
      return without;
    }
  }
}
