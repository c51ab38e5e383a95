package com.xxxchatnow.loyalty.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  @Test
  void without_any_setting_it_is_rrr_as_agreed_on_port_8090() {
    var config = Settings.read(Map.of());
    assertThat(config.port).isEqualTo(8090);
    assertThat(config.requestsPerSecond).isEqualTo(100);
    assertThat(config.burst).isEqualTo(200);
    assertThat(config.idempotencyMemory).isEqualTo(Duration.ofDays(30));
    assertThat(config.webhookUrl).isNull();
  }

  @Test
  void every_setting_is_read() {
    var config =
        Settings.read(
            Map.ofEntries(
                Map.entry("HTTP_HOST", "0.0.0.0"),
                Map.entry("HTTP_PORT", "0"),
                Map.entry("HTTPS_PORT", "8443"),
                Map.entry("SIMULATOR_CERTIFICATES", "."),
                Map.entry("RRR_CLIENT_ID", "id"),
                Map.entry("RRR_CLIENT_SECRET", "secret"),
                Map.entry("RRR_WEBHOOK_SECRET", "hook"),
                Map.entry("RRR_WEBHOOK_SIGNATURE", "envelope"),
                Map.entry("WEBHOOK_URL", "http://127.0.0.1:8080/webhooks/rrr"),
                Map.entry("SIMULATOR_FURTHER_CLIENTS", "second:s:2, third:s3"),
                Map.entry("SIMULATOR_KEYS_IN_SOURCE_REF", "false"),
                Map.entry("SIMULATOR_SEED", "42"),
                Map.entry("SIMULATOR_TOKEN_LIFETIME", "PT5M"),
                Map.entry("SIMULATOR_RATE_LIMIT_RPS", "0"),
                Map.entry("SIMULATOR_RATE_LIMIT_BURST", "1"),
                Map.entry("SIMULATOR_START_BALANCE", "100"),
                Map.entry("SIMULATOR_QUOTE_LIFETIME", "PT1M"),
                Map.entry("SIMULATOR_POSTING", "PENDING"),
                Map.entry("SIMULATOR_PENDING_FOR", "PT2S"),
                Map.entry("SIMULATOR_REMEMBERS_REFUSALS", "false"),
                Map.entry("SIMULATOR_WEBHOOK_RETRY_DELAYS", "PT1S, PT2S"),
                Map.entry("SIMULATOR_WEBHOOK_DUPLICATES", "0.25"),
                Map.entry("SIMULATOR_WEBHOOK_SCRAMBLED", "true")));
    assertThat(config.host).isEqualTo("0.0.0.0");
    assertThat(config.port).isZero();
    assertThat(config.httpsPort).isEqualTo(8443);
    assertThat(config.certificates).isEqualTo(Path.of("."));
    assertThat(config.clientId()).isEqualTo("id");
    assertThat(config.clientSecret()).isEqualTo("secret");
    assertThat(config.webhookSecret()).isEqualTo("hook");
    assertThat(config.webhookSignature).isEqualTo(SimulatorConfig.Signature.ENVELOPE);
    assertThat(config.webhookUrl).isEqualTo(URI.create("http://127.0.0.1:8080/webhooks/rrr"));
    assertThat(config.furtherClients).isEqualTo(Map.of("second", "s:2", "third", "s3"));
    assertThat(config.keysInSourceRef).isFalse();
    assertThat(config.seed).isEqualTo(42);
    assertThat(config.tokenLifetime).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.requestsPerSecond).isZero();
    assertThat(config.burst).isEqualTo(1);
    assertThat(config.startBalance).isEqualTo(100);
    assertThat(config.quoteLifetime).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.posting).isEqualTo(SimulatorConfig.Posting.PENDING);
    assertThat(config.pendingFor).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.remembersRefusals).isFalse();
    assertThat(config.webhookRetryDelays)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(config.webhookDuplicates).isEqualTo(0.25);
    assertThat(config.webhookScrambled).isTrue();
  }

  @Test
  void all_faults_are_reported_at_once_and_no_secret_with_them() {
    assertThatThrownBy(() ->
            Settings.read(
                Map.of(
                    "HTTP_PORT", "eighty",
                    "HTTPS_PORT", "8443",
                    "SIMULATOR_POSTING", "SOMETIMES",
                    "WEBHOOK_URL", "nowhere",
                    "SIMULATOR_SEEDS", "1",
                    "SIMULATOR_FURTHER_CLIENTS", "second",
                    "RRR_CLIENT_SECRET", "hidden")))
        .hasMessageContainingAll(
            "HTTP_PORT",
            "SIMULATOR_CERTIFICATES",
            "SIMULATOR_POSTING",
            "WEBHOOK_URL",
            "SIMULATOR_SEEDS",
            "SIMULATOR_FURTHER_CLIENTS")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void a_changed_copy_leaves_the_original_as_it_was() {
    var defaults = SimulatorConfig.defaults();
    assertThat(defaults.withSeed(9).seed).isEqualTo(9);
    assertThat(defaults.seed).isEqualTo(1);
  }
}
