package com.xxxchatnow.loyalty.redemption.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.settings.SettingsException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SagaSettingsTest {
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "0:0:0:0:0:0:0:0"})
  void who_listens_on_all_addresses_must_say_where_the_others_reach_it(String everywhere) {
    assertThatThrownBy(() -> settings(Map.of("HTTP_HOST", everywhere)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("REDEMPTION_QUERY_HOST must be set");
    assertThatThrownBy(
            () -> settings(Map.of("HTTP_HOST", "10.0.0.7", "REDEMPTION_QUERY_HOST", everywhere)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("REDEMPTION_QUERY_HOST must be set");
    var named = Map.of("HTTP_HOST", everywhere, "REDEMPTION_QUERY_HOST", "saga-0");
    assertThat(settings(named).queryHost()).isEqualTo("saga-0");
  }

  @Test
  void who_listens_on_one_address_is_reached_there() {
    assertThat(settings(Map.of()).queryHost()).isEqualTo("127.0.0.1");
    assertThat(settings(Map.of("HTTP_HOST", "10.0.0.7")).queryHost()).isEqualTo("10.0.0.7");
    assertThat(settings(Map.of("HTTP_HOST", "saga-0.local")).queryHost()).isEqualTo("saga-0.local");
  }

  @ParameterizedTest
  @ValueSource(strings = {"redemption_saga_1", "::1", "saga 0"})
  void a_name_that_no_url_can_hold_is_refused(String host) {
    assertThatThrownBy(() -> settings(Map.of("REDEMPTION_QUERY_HOST", host)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("must be a host name");
  }

  private static SagaSettings settings(Map<String, String> more) {
    var env =
        new HashMap<>(
            Map.of(
                "RRR_API_BASE_URL", "https://rrr.example",
                "RRR_CLIENT_ID", "id",
                "RRR_CLIENT_SECRET", "secret"));
    env.putAll(more);
    return SagaSettings.from(Settings.of(env));
  }
}
