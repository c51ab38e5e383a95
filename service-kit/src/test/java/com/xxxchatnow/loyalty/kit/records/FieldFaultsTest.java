package com.xxxchatnow.loyalty.kit.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldFaultsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T08:00:00Z");
  private static final Duration AHEAD = Duration.ofMinutes(5);

  @ParameterizedTest
  @CsvSource({
    "1795593600000000, paid_at looks like microseconds; it takes milliseconds",
    "1795593600000000000, paid_at looks like nanoseconds; it takes milliseconds",
    "1795593600, paid_at looks like seconds; it takes milliseconds",
    "0, paid_at is 0: it was not set",
    "1, paid_at is before 2010",
    "-1, paid_at is before 2010",
    "-9223372036854775808, paid_at is before 2010",
    "9223372036854775807, paid_at is more than 5 minutes ahead",
    "1795593901000, paid_at is more than 5 minutes ahead"
  })
  void an_implausible_time_is_named_with_its_likely_unit(long millis, String fault) {
    assertThat(FieldFaults.ofTime("paid_at", Instant.ofEpochMilli(millis), NOW, AHEAD))
        .contains(fault);
  }

  @ParameterizedTest
  @ValueSource(longs = {1_795_593_600_000L, 1_795_593_900_000L, 1_262_304_000_000L})
  void a_time_of_the_last_years_or_a_little_ahead_is_plausible(long millis) {
    assertThat(FieldFaults.ofTime("paid_at", Instant.ofEpochMilli(millis), NOW, AHEAD)).isEmpty();
  }

  @Test
  void an_id_that_may_be_two_is_refused() {
    assertThat(FieldFaults.ofId("order_id", "M\uFFFDller-1").orElseThrow()).contains("U+FFFD");
    assertThat(FieldFaults.ofId("order_id", " ")).contains("order_id is blank");
    assertThat(FieldFaults.ofId("order_id", "a\u0000b"))
        .contains("order_id has control characters");
    assertThat(FieldFaults.ofId("order_id", "x".repeat(201)).orElseThrow()).contains("longer");
    assertThat(FieldFaults.ofId("order_id", "Müller-1")).isEmpty();
  }

  @Test
  void a_blank_optional_id_is_none() {
    assertThat(FieldFaults.optional(null)).isEmpty();
    assertThat(FieldFaults.optional("  ")).isEmpty();
    assertThat(FieldFaults.optional("m-1")).contains("m-1");
  }
}
