package com.xxxchatnow.loyalty.cli.redemptions;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.Table;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Redemptions as the saga has them, and repairs. */
@Command(
    name = "redemptions",
    description = "Look at redemptions, retry or settle those that failed.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RedemptionsCommand.Show.class,
      RedemptionsCommand.List.class,
      RedemptionRepair.Retry.class,
      RedemptionRepair.Settle.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  loyalty redemptions list --status COMMIT_FAILED",
      "  loyalty redemptions retry o-4711 --note 'RRR unblocked the member' --execute",
      "  loyalty redemptions settle o-4711 --as COMMITTED --note 'burned by hand at RRR' --execute"
    })
public final class RedemptionsCommand {

  /** One redemption. */
  @Command(
      name = "show",
      description = "Show the state of an order's redemption.",
      footerHeading = "%nExample:%n",
      footer = "  loyalty redemptions show o-4711")
  public static final class Show extends SagaOperation {
    @Parameters(paramLabel = "ORDER_ID")
    private String orderId;

    @Override
    protected int run(Clients clients, Clock clock, Console out) throws InterruptedException {
      var report = new Report();
      find(clients, orderId)
          .properties()
          .forEach(field -> {
            var value = field.getValue();
            report.put(field.getKey(), value.isTextual() ? value.textValue() : value);
          });
      out.print(report);
      return ExitCode.OK;
    }
  }

  /** Those in a state. */
  @Command(
      name = "list",
      description = "List redemptions in a state, the longest there first.",
      footerHeading = "%nExample:%n",
      footer = "  loyalty redemptions list --status REVERSE_FAILED")
  public static final class List extends SagaOperation {
    @Option(
        names = "--status",
        defaultValue = "COMMIT_FAILED",
        description = "A state of the saga, such as REVERSE_FAILED; default ${DEFAULT-VALUE}.")
    private String status;

    @Option(
        names = "--limit",
        defaultValue = "100",
        description = "How many at most; default ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    protected int run(Clients clients, Clock clock, Console out) throws InterruptedException {
      var table = new Table("order_id", "version", "status", "reason", "points", "occurred_at");
      for (var each : saga(clients).list(status, limit))
        table.row(
            each.path("order_id").asText(),
            each.path("version").asLong(),
            each.path("status").asText(),
            each.path("reason").asText(null),
            each.has("points") ? each.get("points").asLong() : null,
            each.path("occurred_at").asText(null));
      var report = new Report();
      if (table.size() == 0) report.say("No redemption is %s.", status);
      out.print(report.table("redemptions", table));
      return ExitCode.OK;
    }
  }
}
