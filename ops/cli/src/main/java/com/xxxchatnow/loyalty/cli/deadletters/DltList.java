package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.HumanDuration;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.Table;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.SelectionOptions;
import com.xxxchatnow.loyalty.schemas.Topic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A histogram of dead letters. */
@Command(
    name = "list",
    description = {
      "Count dead letters by reason, source and age. open: neither replayed nor discarded;",
      "the age is that of the open ones, since they failed."
    },
    footerHeading = "%nExample:%n",
    footer = "  loyalty dlt list payments.purchases.v1.dlt --from 2026-11-22")
public final class DltList extends Operation {
  private static final List<Duration> AGES =
      List.of(
          Duration.ofHours(1),
          Duration.ofDays(1),
          Duration.ofDays(7),
          ReplayEligibility.KEY_MEMORY);

  @Parameters(
      arity = "0..*",
      paramLabel = "TOPIC",
      description = "Dead letter topics; default: all that end in .dlt.")
  private List<String> topics = List.of();

  @Mixin private SelectionOptions selection;

  @Override
  protected int run(Clients clients, Clock clock, Console out) throws Exception {
    var chosen = selection.selection();
    var table =
        new Table(
            "topic", "reason", "source", "records", "open", "<1h", "<1d", "<7d", "<29d", "older",
            "oldest");
    for (var topic : topics(clients)) {
      var counts = new TreeMap<Row, Counts>();
      var audit = Audit.read(clients, topic);
      Scan.of(clients, topic)
          .each(record -> {
            var failed = FailedRecord.of(record);
            if (!chosen.matches(failed)) return;
            counts
                .computeIfAbsent(new Row(failed.reason(), failed.service()), _ -> new Counts())
                .add(failed, audit, clock.instant());
          });
      counts.forEach((row, count) -> count.print(table, topic, row, clock.instant()));
    }
    var report = new Report();
    if (table.size() == 0) report.say("No dead letters.");
    out.print(report.table("dead_letters", table));
    return ExitCode.OK;
  }

  private List<String> topics(Clients clients) throws InterruptedException {
    return topics.isEmpty() ? all(clients) : topics;
  }

  /** The dead letter topics of the cluster. */
  static List<String> all(Clients clients) throws InterruptedException {
    return Failures.await(clients.admin().listTopics().names()).stream()
        .filter(name -> name.endsWith(Topic.DEAD_LETTER_SUFFIX))
        .sorted()
        .toList();
  }

  private record Row(String reason, String source) implements Comparable<Row> {
    @Override
    public int compareTo(Row other) {
      return Comparator.comparing(Row::reason).thenComparing(Row::source).compare(this, other);
    }
  }

  private static final class Counts {
    private final long[] ages = new long[AGES.size() + 1];
    private long records;
    private long open;
    private Instant oldest;

    void add(FailedRecord failed, Audit audit, Instant now) {
      records++;
      if (!audit.open(failed)) return;
      open++;
      var age = Duration.between(failed.failedAt(), now);
      var bucket = 0;
      while (bucket < AGES.size() && age.compareTo(AGES.get(bucket)) >= 0) bucket++;
      ages[bucket]++;
      if (oldest == null || failed.failedAt().isBefore(oldest)) oldest = failed.failedAt();
    }

    void print(Table table, String topic, Row row, Instant now) {
      var age = oldest == null ? null : HumanDuration.text(Duration.between(oldest, now));
      table.row(
          topic,
          row.reason(),
          row.source(),
          records,
          open,
          ages[0],
          ages[1],
          ages[2],
          ages[3],
          ages[4],
          age);
    }
  }
}
