package com.xxxchatnow.loyalty.cli.records;

import com.xxxchatnow.loyalty.cli.console.UserError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** The options that choose records; several of one kind are alternatives, kinds are conditions. */
public final class SelectionOptions {
  @Option(
      names = "--reason",
      split = ",",
      paramLabel = "REASON",
      description = "By reason, such as DISABLED; of others' dead letters: the exception's name.")
  private List<String> reasons = List.of();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Failed at or after: 2026-11-22, or 2026-11-22T08:00:00Z.")
  private String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Failed before.")
  private String to;

  @Option(names = "--key", paramLabel = "KEY", description = "By the record's key.")
  private List<String> keys = List.of();

  @Option(
      names = "--offsets",
      split = ",",
      paramLabel = "PARTITION:FROM-TO",
      description = "By place in the dead letter topic, ends included; or PARTITION:OFFSET.")
  private List<String> offsets = List.of();

  @Option(
      names = "--source",
      split = ",",
      paramLabel = "NAME",
      description = "By source topic or by the service that failed.")
  private List<String> sources = List.of();

  /** What is chosen, for anything but a replay. */
  public Selection selection() {
    return selection(null, false);
  }

  /**
   * What is chosen for a replay.
   *
   * @param edit the patch; null: none
   * @param again whether what was sent before is sent once more
   */
  public Selection selection(String edit, boolean again) {
    offsets.forEach(Selection.Range::of);
    return new Selection(
        new TreeSet<>(reasons),
        time(from),
        time(to),
        new TreeSet<>(keys),
        new TreeSet<>(offsets),
        new TreeSet<>(sources),
        edit,
        again ? true : null);
  }

  /** A time as the audit notes it; a date is its start in UTC. */
  static String time(String text) {
    return text == null ? null : instant(text).toString();
  }

  /**
   * A time on the command line: a date is its start in UTC.
   *
   * @throws UserError when it is neither date nor time
   */
  public static Instant instant(String text) {
    try {
      return text.length() == "2026-11-22".length()
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException wrong) {
      throw UserError.usage("a time is 2026-11-22 or 2026-11-22T08:00:00Z, not " + text);
    }
  }
}
