package com.xxxchatnow.loyalty.cli.records;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.xxxchatnow.loyalty.cli.console.UserError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Which records of a dead letter topic; what is not named does not matter. The same selection has
 * the same text and the same id, so that an interrupted replay is found again.
 *
 * @param from by the time of the failure, included
 * @param to excluded
 * @param offsets {@code PARTITION:FROM-TO}, ends included
 * @param sources source topics or services
 * @param edit the patch of a replay, because a replay with another is another replay
 * @param again true for a replay that also sends what was sent before; null for all others
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Selection(
    SortedSet<String> reasons,
    String from,
    String to,
    SortedSet<String> keys,
    SortedSet<String> offsets,
    SortedSet<String> sources,
    String edit,
    Boolean again) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

  public Selection {
    reasons = reasons == null ? new TreeSet<>() : reasons;
    keys = keys == null ? new TreeSet<>() : keys;
    offsets = offsets == null ? new TreeSet<>() : offsets;
    sources = sources == null ? new TreeSet<>() : sources;
  }

  public static Selection everything() {
    return new Selection(null, null, null, null, null, null, null, null);
  }

  public boolean matches(FailedRecord failed) {
    return (reasons.isEmpty() || reasons.contains(failed.reason()))
        && (from == null || !failed.failedAt().isBefore(Instant.parse(from)))
        && (to == null || failed.failedAt().isBefore(Instant.parse(to)))
        && (keys.isEmpty() || (failed.key() != null && keys.contains(failed.key())))
        && (sources.isEmpty()
            || sources.contains(failed.service())
            || (failed.sourceTopic() != null && sources.contains(failed.sourceTopic())))
        && (offsets.isEmpty() || ranges().stream().anyMatch(range -> range.holds(failed)));
  }

  /** The selection as JSON, always the same for the same selection. */
  public String text() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A selection that was noted in the audit; empty when it is of a later version of this tool. */
  public static Optional<Selection> parse(String text) {
    try {
      return Optional.of(JSON.readValue(text, Selection.class));
    } catch (JsonProcessingException unknown) {
      return Optional.empty();
    }
  }

  /** Short and the same for the same selection. */
  public String id() {
    return UUID.nameUUIDFromBytes(text().getBytes(StandardCharsets.UTF_8))
        .toString()
        .substring(0, 8);
  }

  private List<Range> ranges() {
    return offsets.stream().map(Range::of).toList();
  }

  /** Offsets of one partition, ends included. */
  public record Range(int partition, long first, long last) {
    public static Range of(String text) {
      var parts = text.split("[:-]", 3);
      if (parts.length < 2 || !text.matches("\\d{1,9}:\\d{1,18}(-\\d{1,18})?"))
        throw UserError.usage("offsets are PARTITION:FROM-TO or PARTITION:OFFSET, not " + text);
      var first = Long.parseLong(parts[1]);
      return new Range(
          Integer.parseInt(parts[0]), first, parts.length == 2 ? first : Long.parseLong(parts[2]));
    }

    public boolean holds(FailedRecord failed) {
      var record = failed.record();
      return record.partition() == partition && record.offset() >= first && record.offset() <= last;
    }
  }
}
