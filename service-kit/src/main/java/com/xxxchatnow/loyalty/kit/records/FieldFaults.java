package com.xxxchatnow.loyalty.kit.records;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is wrong with a field of a record that somebody else published, in words for its publisher:
 * the field's name and the kind of fault, never its value.
 */
public final class FieldFaults {
  /** Longest id, characters. */
  public static final int MAX_ID = 200;

  /** Nothing that this project reads about happened before: a time before it is in another unit. */
  private static final Instant EARLIEST = Instant.parse("2010-01-01T00:00:00Z");

  private static final int REPLACEMENT = 0xFFFD;
  private static final long THOUSAND = 1_000;

  private FieldFaults() {}

  /**
   * The fault of a required id.
   *
   * @return empty when it is neither blank nor too long and can't be two ids in one: no control
   *     characters, and none that replaces what a decoder could not read
   */
  public static Optional<String> ofId(String field, String id) {
    if (id.isBlank()) return Optional.of(field + " is blank");
    if (id.length() > MAX_ID)
      return Optional.of(field + " is longer than " + MAX_ID + " characters");
    if (id.chars().anyMatch(Character::isISOControl))
      return Optional.of(field + " has control characters");
    if (id.indexOf(REPLACEMENT) >= 0)
      return Optional.of(
          field + " has U+FFFD, the sign for what could not be decoded: it was not UTF-8");
    return Optional.empty();
  }

  /** An optional id: a blank one is none. */
  public static Optional<String> optional(String id) {
    return Optional.ofNullable(id).filter(text -> !text.isBlank());
  }

  /**
   * The fault of a time in milliseconds.
   *
   * @param ahead how far the publisher's clock may be ahead of this one
   */
  public static Optional<String> ofTime(String field, Instant time, Instant now, Duration ahead) {
    var latest = now.plus(ahead);
    if (!time.isBefore(EARLIEST) && !time.isAfter(latest)) return Optional.empty();
    var millis = time.toEpochMilli();
    if (millis == 0) return Optional.of(field + " is 0: it was not set");
    if (plausible(millis / THOUSAND, latest))
      return Optional.of(field + " looks like microseconds; it takes milliseconds");
    if (plausible(millis / THOUSAND / THOUSAND, latest))
      return Optional.of(field + " looks like nanoseconds; it takes milliseconds");
    if (time.isAfter(latest))
      return Optional.of(field + " is more than " + words(ahead) + " ahead");
    if (plausible(millis * THOUSAND, latest))
      return Optional.of(field + " looks like seconds; it takes milliseconds");
    return Optional.of(field + " is before 2010");
  }

  private static boolean plausible(long millis, Instant latest) {
    var time = Instant.ofEpochMilli(millis);
    return !time.isBefore(EARLIEST) && !time.isAfter(latest);
  }

  private static String words(Duration ahead) {
    return ahead.compareTo(Duration.ofHours(1)) < 0
        ? ahead.toMinutes() + " minutes"
        : ahead.toHours() + " hours";
  }
}
