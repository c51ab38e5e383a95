package com.xxxchatnow.loyalty.rrr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "0|PT0S",
        " 7 |PT7S",
        "1.5|PT1.5S",
        "0.250|PT0.25S",
        "3.0|PT3S",
        "0.000000001|PT0.000000001S",
        "999999999|PT277777H46M39S",
        "Sun, 01 Nov 2026 10:02:00 GMT|PT2M",
        "Sun, 01 Nov 2026 09:00:00 GMT|PT0S",
        "Sunday, 01-Nov-26 10:02:00 GMT|PT2M",
        "sunday, 01-nov-26 10:02:00 gmt|PT2M",
        "Saturday, 31-Oct-26 10:02:00 GMT|PT0S",
        "Sunday, 06-Nov-94 08:49:37 GMT|PT0S",
        "Sun Nov  1 10:02:00 2026|PT2M",
        "Tue Nov 10 10:00:00 2026|PT216H",
        "Sun Nov  6 08:49:37 1994|PT0S"
      })
  void seconds_with_or_without_decimals_and_the_three_forms_of_http_dates_are_read(
      String header, Duration expected) {
    assertThat(RetryAfter.parse(header, NOW)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-5",
        "soon",
        "99999999999999",
        "1,5",
        ".5",
        "1.",
        "1e3",
        "NaN",
        "2026-11-01T10:02:00Z",
        "Mon, 01 Nov 2026 10:02:00 GMT",
        "Sun Nov 31 10:02:00 2026"
      })
  void what_is_neither_is_ignored(String header) {
    assertThat(RetryAfter.parse(header, NOW)).isNull();
  }

  @Test
  void without_the_header_there_is_no_pause() {
    assertThat(RetryAfter.parse(null, NOW)).isNull();
  }
}
