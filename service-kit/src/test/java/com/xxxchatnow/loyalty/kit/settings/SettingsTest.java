package com.xxxchatnow.loyalty.kit.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

  @Test
  void every_fault_stands_in_one_message() {
    var settings =
        Settings.of(
            Map.of(
                "RRR_EARN_ENABLED", "yes",
                "RRR_ROLLOUT_PERCENT", "101",
                "RRR_API_BASE_URL", "ftp://rrr",
                "EARN_POLICIES", "typo"));
    settings.flag(Setting.RRR_EARN_ENABLED);
    settings.integer(Setting.RRR_ROLLOUT_PERCENT, 100, 0, 100);
    settings.uri(Setting.RRR_API_BASE_URL);
    settings.secret(Setting.RRR_CLIENT_SECRET);

    assertThatThrownBy(settings::check)
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("5 faults")
        .hasMessageContaining("RRR_EARN_ENABLED must be true or false, but is yes")
        .hasMessageContaining("RRR_ROLLOUT_PERCENT must be a whole number from 0 to 100")
        .hasMessageContaining("RRR_API_BASE_URL must be an http or https address")
        .hasMessageContaining("RRR_CLIENT_SECRET is required")
        .hasMessageContaining("EARN_POLICIES is not a setting");
  }

  @Test
  void a_variable_of_another_program_is_none_of_our_business() {
    assertThatCode(() -> Settings.of(Map.of("PATH", "/bin", "LEARN_MODE", "x")).check())
        .doesNotThrowAnyException();
  }

  @Test
  void what_kubernetes_sets_for_a_service_is_none_of_our_settings() {
    var links =
        Map.of(
            "RRR_SERVICE_HOST", "10.0.0.7",
            "RRR_SERVICE_PORT", "443",
            "RRR_SERVICE_PORT_HTTPS", "443",
            "EARN_PROCESSOR_PORT", "tcp://10.0.0.8:9101",
            "EARN_PROCESSOR_PORT_9101_TCP", "tcp://10.0.0.8:9101",
            "EARN_PROCESSOR_PORT_9101_TCP_ADDR", "10.0.0.8");
    assertThatCode(() -> Settings.of(links).check()).doesNotThrowAnyException();
    assertThatThrownBy(() -> Settings.of(Map.of("REDEMPTION_PORT", "8082")).check())
        .hasMessageContaining("REDEMPTION_PORT is not a setting");
  }

  @Test
  void a_flag_or_a_number_that_is_set_but_empty_is_a_fault_and_not_the_default() {
    var settings = Settings.of(Map.of("RRR_EARN_ENABLED", "", "RRR_ROLLOUT_PERCENT", " "));
    settings.flag(Setting.RRR_EARN_ENABLED);
    settings.integer(Setting.RRR_ROLLOUT_PERCENT, 100, 0, 100);
    assertThatThrownBy(settings::check)
        .hasMessageContaining("RRR_EARN_ENABLED is set but empty")
        .hasMessageContaining("RRR_ROLLOUT_PERCENT is set but empty");
  }

  @Test
  void durations_are_written_as_people_write_them() {
    assertThat(tolerance("250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(tolerance("25h")).isEqualTo(Duration.ofHours(25));
    assertThat(tolerance("PT5M")).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void a_secret_prints_as_stars() {
    var secret = Settings.of(Map.of("RRR_CLIENT_SECRET", "hush")).secret(Setting.RRR_CLIENT_SECRET);
    assertThat(secret.value()).isEqualTo("hush");
    assertThat(secret).hasToString("***");
  }

  @Test
  void commas_and_blanks_are_no_secret() {
    for (var text : List.of(",", " , ,, ")) {
      var settings = Settings.of(Map.of("RRR_WEBHOOK_SECRET", text));
      settings.secrets(Setting.RRR_WEBHOOK_SECRET);

      assertThatThrownBy(settings::check)
          .hasMessageContaining("RRR_WEBHOOK_SECRET must hold at least one secret");
    }
    var two = Settings.of(Map.of("RRR_WEBHOOK_SECRET", " new ,, old,"));
    assertThat(two.secrets(Setting.RRR_WEBHOOK_SECRET))
        .extracting(Secret::value)
        .containsExactly("new", "old");
    assertThatCode(two::check).doesNotThrowAnyException();
  }

  @Test
  void an_address_with_a_password_is_refused_and_not_repeated() {
    var settings =
        Settings.of(
            Map.of(
                "RRR_API_BASE_URL", "https://xcn:hush@rrr",
                "SCHEMA_REGISTRY_URL", "https://xcn:hush@registry"));
    settings.uri(Setting.RRR_API_BASE_URL);
    KafkaSettings.from(settings);

    assertThatThrownBy(settings::check)
        .hasMessageContaining("RRR_API_BASE_URL must be an http or https address without user")
        .hasMessageContaining("SCHEMA_REGISTRY_URL must hold no user and password")
        .hasMessageNotContaining("hush");
  }

  @Test
  void what_is_effective_is_shown_with_defaults_and_without_secrets() {
    var settings = Settings.of(Map.of("RRR_CLIENT_SECRET", "hush", "RRR_BETA_USERS", "ada"));
    settings.secret(Setting.RRR_CLIENT_SECRET);
    settings.set(Setting.RRR_BETA_USERS);
    settings.duration(Setting.RRR_WEBHOOK_TOLERANCE, Duration.ofMinutes(5));
    settings.optionalUri(Setting.OTEL_EXPORTER_OTLP_ENDPOINT);

    assertThat(settings.effective())
        .isEqualTo(
            Map.of(
                "RRR_CLIENT_SECRET", "***",
                "RRR_BETA_USERS", "***",
                "RRR_WEBHOOK_TOLERANCE", "PT5M"));
  }

  private static Duration tolerance(String text) {
    return Settings.of(Map.of("RRR_WEBHOOK_TOLERANCE", text))
        .duration(Setting.RRR_WEBHOOK_TOLERANCE, Duration.ZERO);
  }
}
