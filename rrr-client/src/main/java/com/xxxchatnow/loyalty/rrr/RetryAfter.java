package com.xxxchatnow.loyalty.rrr;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;

/**
 * The {@code Retry-After} header: seconds, with decimals as some gateways send them, or an HTTP
 * date in any of the three forms a recipient has to read (RFC 9110, 5.6.7).
 */
final class RetryAfter {
  private static final String SECONDS = "\\d{1,9}(\\.\\d{1,9})?";

  private RetryAfter() {}

  /**
   * How long to wait from {@code now} on; zero for a date in the past.
   *
   * @param header as it came, or null
   * @return null where there is no header, or none that can be read
   */
  static Duration parse(String header, Instant now) {
    if (header == null) return null;
    var text = header.strip();
    if (text.matches(SECONDS)) return seconds(new BigDecimal(text));
    for (var format : formats(now)) {
      try {
        var left = Duration.between(now, format.parse(text, Instant::from));
        return left.isNegative() ? Duration.ZERO : left;
      } catch (DateTimeException notThisForm) {
        // One of the other forms, or none of them.
      }
    }
    return null;
  }

  private static Duration seconds(BigDecimal seconds) {
    var nanos = seconds.movePointRight(9).setScale(0, RoundingMode.CEILING);
    return Duration.ofNanos(nanos.longValueExact());
  }

  private static List<DateTimeFormatter> formats(Instant now) {
    return List.of(
        DateTimeFormatter.RFC_1123_DATE_TIME, rfc850(now), of("EEE MMM ppd HH:mm:ss yyyy"));
  }

  /** Two digits of a year are at most 50 years ahead, otherwise they are of the past. */
  private static DateTimeFormatter rfc850(Instant now) {
    var firstYear = now.atOffset(ZoneOffset.UTC).getYear() - 49;
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, firstYear)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.US)
        .withZone(ZoneOffset.UTC);
  }

  private static DateTimeFormatter of(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US).withZone(ZoneOffset.UTC);
  }
}
