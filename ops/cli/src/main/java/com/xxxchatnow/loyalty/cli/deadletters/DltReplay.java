package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Report;
import java.time.Clock;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends dead letters to their source topics. */
@Command(
    name = "replay",
    description = {
      "Send dead letters to the topics they came from: key, bytes and headers as they are. Without",
      "--execute nothing is sent: what would go where, how many, and how long it would take.",
      "Stopped or killed, the same command goes on where it was: each record is sent at least"
          + " once.",
      "",
      "Refused are records replayed --max-replays times, and records older than 29 days: RRR may",
      "have forgotten their keys, and would book them a second time. A purchase of that age is"
          + " sent",
      "only when RRR's ledger shows that it was never earned (needs RRR_API_BASE_URL,",
      "RRR_CLIENT_ID, RRR_CLIENT_SECRET).",
      "Exit code 0: all selected were sent, 1: some were refused, or the canary came back."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  loyalty dlt replay payments.purchases.v1.dlt --reason DISABLED",
      "  loyalty dlt replay payments.purchases.v1.dlt --reason DISABLED --rate 50 --execute",
      "  loyalty dlt replay payments.purchases.v1.dlt --offsets 3:1042 --edit "
          + "'{\"currency\": \"USD\"}' --execute",
      "  loyalty dlt replay payments.purchases.v1.dlt --reason INVALID --edit "
          + "'[{\"op\": \"test\", \"path\": \"/currency\", \"value\": \"usd\"},"
          + " {\"op\": \"replace\", \"path\": \"/currency\", \"value\": \"USD\"}]'"
    })
public final class DltReplay extends DltDecision {
  @Option(
      names = "--rate",
      defaultValue = "20",
      paramLabel = "N",
      description = "Records a second; default ${DEFAULT-VALUE}. Live records share the rest.")
  private double rate;

  @Option(
      names = "--max-lag",
      defaultValue = "1000",
      paramLabel = "N",
      description =
          "Wait while more records lie before a reader of the source topic; default"
              + " ${DEFAULT-VALUE}.")
  private long maxLag;

  @Option(
      names = "--canary",
      defaultValue = "10",
      paramLabel = "N",
      description =
          "Send so many first, and go on only if none of them comes back; 0: none;"
              + " default ${DEFAULT-VALUE}.")
  private int canary;

  @Option(
      names = "--canary-timeout",
      defaultValue = "120",
      paramLabel = "SECONDS",
      description = "How long to wait until the canary is settled; default ${DEFAULT-VALUE}.")
  private long canaryTimeout;

  @Option(
      names = "--max-replays",
      defaultValue = "3",
      paramLabel = "N",
      description = "Refuse records replayed so often; default ${DEFAULT-VALUE}.")
  private int maxReplays;

  @Option(
      names = "--again",
      description =
          "From the beginning, and also what was replayed before. RRR answers with the"
              + " first result and books nothing twice.")
  private boolean again;

  @Option(
      names = "--edit",
      paramLabel = "JSON",
      description =
          "Correct fields first: an object is a merge patch (RFC 7396), an array a JSON Patch (RFC"
              + " 6902); checked against the schema, and the original is kept in the header"
              + " dlt.original-value.")
  private String patch;

  @Override
  protected int run(Clients clients, Clock clock, Console out) throws Exception {
    if (rate <= 0 || canary < 0 || maxLag < 0) throw usage("--rate, --canary, --max-lag: too low");
    var edit = Edit.of(patch, clients.registry());
    notASource(topic);
    var chosen = selection.selection(edit.text(), again);
    var order =
        new Replay.Order(
            topic,
            chosen,
            edit,
            rate,
            maxLag,
            canary,
            Duration.ofSeconds(canaryTimeout),
            again,
            operator.name());
    var guard = new ReplayEligibility(clients, clock, edit, maxReplays);
    var audit = Audit.read(clients, topic);
    var plan = ReplayPlan.of(clients, order, audit, guard);
    var report = plan.report(rate, again).quiet("group", order.group());
    if (!execute) {
      out.print(report.say("Nothing was sent: to send, add --execute"));
      return ExitCode.OK;
    }
    plan.report(rate, again).text().forEach(line -> out.progress("%s", line));
    try (var replay = new Replay(clients, clock, out, order, guard, audit, plan)) {
      var end = plan.send() == 0 ? Replay.End.FINISHED : replay.run();
      out.print(report(end, replay));
      return code(end, plan);
    }
  }

  private static Report report(Replay.End end, Replay replay) {
    return new Report()
        .put("sent", replay.sent())
        .put("refused", replay.refused())
        .quiet("end", end.name())
        .say(
            switch (end) {
              case FINISHED -> "Finished.";
              case STOPPED -> "Stopped: the same command goes on from here.";
              case CANARY_CAME_BACK ->
                  "Stopped: the canary came back to the dead letters; see: loyalty dlt list";
              case CANARY_UNDECIDED ->
                  "Stopped: nobody has settled the canary in time. Is the service running, is RRR"
                      + " up?";
            });
  }

  private static int code(Replay.End end, ReplayPlan plan) {
    return switch (end) {
      case FINISHED -> plan.refused() == 0 ? ExitCode.OK : ExitCode.DIFFERENT;
      case STOPPED -> ExitCode.STOPPED;
      case CANARY_CAME_BACK, CANARY_UNDECIDED -> ExitCode.DIFFERENT;
    };
  }
}
