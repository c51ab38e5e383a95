package com.xxxchatnow.loyalty.cli.reconcile;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.RrrOperation;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.Table;
import com.xxxchatnow.loyalty.cli.reconcile.MemberLedgers.Coverage;
import com.xxxchatnow.loyalty.cli.reconcile.Reconciliation.Finding;
import com.xxxchatnow.loyalty.cli.reconcile.Reconciliation.What;
import com.xxxchatnow.loyalty.cli.records.SelectionOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Our books against RRR's. */
@Command(
    name = "reconcile",
    description = {
      "Compare results and redemptions with RRR's ledger: what happened from --from to before",
      "--to, by RRR's time. What is around it, --margin wide, is read too, so that nothing in",
      "flight is reported. Needs one call to RRR a member: at 100/s a million members take three",
      "hours; --sample 1 takes the same hundredth of the members each time. A member whose ledger",
      "RRR does not give is named, and the others are judged. A run that stops says how far it",
      "came, and --from-share goes on there.",
      "Exit code 0: all was judged and agrees, 1: something does not, or was not judged; 143:",
      "stopped by a signal."
    },
    footerHeading = "%nExample:%n",
    footer = "  loyalty reconcile --from 2026-11-21 --to 2026-11-22 --rps 20 --output json")
public final class ReconcileCommand extends RrrOperation {
  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "2026-11-21 or 2026-11-21T08:00:00Z; default: a day before --to.")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "At least --margin ago; default: exactly that.")
  private String to;

  @Option(
      names = "--margin",
      defaultValue = "60",
      paramLabel = "MINUTES",
      description =
          "How long a result may come after its entry; default ${DEFAULT-VALUE}. Longer"
              + " after an outage of RRR.")
  private long margin;

  @Option(
      names = "--sample",
      defaultValue = "100",
      paramLabel = "PERCENT",
      description = "Of the members; default ${DEFAULT-VALUE}.")
  private int sample;

  @Option(
      names = "--limit",
      defaultValue = "1000",
      paramLabel = "N",
      description = "How many findings are printed; all are counted; default ${DEFAULT-VALUE}.")
  private int limit;

  @Option(
      names = "--from-share",
      defaultValue = "0",
      paramLabel = "N",
      description = "Go on where an earlier run of the same time stopped; it says where.")
  private int fromShare;

  @Override
  protected int run(Clients clients, Clock clock, Console out) throws Exception {
    if (sample < 1 || sample > 100) throw usage("--sample: 1 to 100");
    if (fromShare < 0 || fromShare >= Spill.SHARES)
      throw usage("--from-share: 0 to %d", Spill.SHARES - 1);
    var around = Duration.ofMinutes(margin);
    var latest = clock.instant().minus(around);
    var end = to == null ? latest : SelectionOptions.instant(to);
    var start = from == null ? end.minus(Duration.ofDays(1)) : SelectionOptions.instant(from);
    if (end.isAfter(latest))
      throw usage("--to is %s at the latest: what is in flight can't be judged", latest);
    if (!start.isBefore(end)) throw usage("--from must be before --to");
    var rrr = clients.rrr(clock);
    var counts = new EnumMap<What, Long>(What.class);
    for (var what : What.values()) counts.put(what, 0L);
    var findings = new Table("what", "member", "order_id", "source_ref", "detail");
    try (var spill = new Spill(sample)) {
      new ExpectedEntries(clients, spill, rrr::formatted)
          .results(start.minus(around), end.plus(around))
          .redemptions(start.minus(around), end.plus(around));
      var judge = new Reconciliation(start, end);
      var coverage =
          new MemberLedgers(clients, out, fromShare)
              .<Finding>run(
                  spill,
                  (member, claims) ->
                      judge.of(
                          member,
                          claims,
                          rrr.ledger(member, start.minus(around), end.plus(around)).stream()
                              .filter(rrr::ours)
                              .toList()),
                  found -> note(found, counts, findings));
      out.print(report(start, end, coverage, counts, findings));
      if (clients.stop().asked()) return ExitCode.STOPPED;
      return differences(counts) == 0 && coverage.whole() ? ExitCode.OK : ExitCode.DIFFERENT;
    }
  }

  private void note(List<Finding> found, Map<What, Long> counts, Table table) {
    for (var each : found) {
      counts.merge(each.what(), 1L, Long::sum);
      if (table.size() < limit)
        table.row(each.what(), each.member(), each.orderId(), each.ref(), each.detail());
    }
  }

  private Report report(
      Instant start, Instant end, Coverage coverage, Map<What, Long> counts, Table findings) {
    var report =
        new Report()
            .put("from", start)
            .put("to", end)
            .put("members", coverage.members())
            .put("not_judged", coverage.failed().size());
    if (sample < 100) report.put("sample_percent", sample);
    counts.forEach(
        (what, count) -> report.put(what.name().toLowerCase(java.util.Locale.ROOT), count));
    report.table("findings", findings);
    var differences = differences(counts);
    if (differences > findings.size()) report.say("… and %d more", differences - findings.size());
    coverage
        .failed()
        .forEach((member, why) -> report.say("Not judged: member %s: %s", member, why));
    if (coverage.nextShare() < Spill.SHARES)
      report.say(
          "Stopped before the end; the same command with --from-share %d goes on.",
          coverage.nextShare());
    if (differences > 0) return report.say("Differences: " + differences);
    if (!coverage.whole()) return report.say("What was judged agrees.");
    return report.say("All agrees.");
  }

  private static long differences(Map<What, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
