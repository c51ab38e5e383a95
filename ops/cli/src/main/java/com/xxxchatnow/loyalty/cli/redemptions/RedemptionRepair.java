package com.xxxchatnow.loyalty.cli.redemptions;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.OperatorOption;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.events.RepairAction;
import com.xxxchatnow.loyalty.events.RepairRequested;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has the saga repair a redemption that failed, for the version that was seen. */
abstract class RedemptionRepair extends SagaOperation {
  private static final List<String> FAILED = List.of("COMMIT_FAILED", "REVERSE_FAILED");

  @Parameters(paramLabel = "ORDER_ID")
  private String orderId;

  @Option(
      names = "--note",
      required = true,
      description = "Why; it is kept with the redemption. No personal data.")
  private String note;

  @Mixin private OperatorOption operator;

  @Option(
      names = "--expect-version",
      paramLabel = "N",
      description =
          "The version that the decision was made on, as list, show or the dry run told; refused"
              + " when the redemption has moved on. Default: the version it has now.")
  private Long expected;

  @Option(names = "--execute", description = "Do it. Without it, what would be asked is shown.")
  private boolean execute;

  abstract RepairAction action();

  abstract RedemptionStatus settleAs();

  /** The states that the saga's table takes this repair in. */
  abstract List<String> repairs();

  @Override
  protected int run(Clients clients, Clock clock, Console out) throws InterruptedException {
    if (note.isBlank()) throw usage("--note: why?");
    var saga = new RepairTopic(clients, orderId);
    var now = find(clients, orderId);
    var version = now.path("version").asLong();
    var status = now.path("status").asText();
    if (expected != null && expected != version)
      throw UserError.refused(
          "%s is %s at version %d by now, not %d; look at it again"
              .formatted(orderId, status, version, expected));
    if (!repairs().contains(status))
      throw UserError.refused(
          "%s is %s; this repairs only %s"
              .formatted(orderId, status, String.join(", ", repairs())));
    var repair = repair(version, clock);
    var report = report(repair, status);
    out.print(
        execute
            ? done(report, saga.ask(repair))
            : report.say("Nothing was asked: to do it, add --execute"));
    return ExitCode.OK;
  }

  private RepairRequested repair(long version, Clock clock) {
    return RepairRequested.newBuilder()
        .setOrderId(orderId)
        .setAction(action())
        .setSettleAs(settleAs())
        .setExpectedVersion(version)
        .setOperator(operator.name())
        .setNote(note)
        .setRequestedAt(clock.instant())
        .build();
  }

  private static Report report(RepairRequested repair, String status) {
    var report =
        new Report()
            .put("order_id", repair.getOrderId())
            .put("status", status)
            .put("version", repair.getExpectedVersion())
            .put("action", repair.getAction());
    if (repair.getSettleAs() != null) report.put("settle_as", repair.getSettleAs());
    return report.put("operator", repair.getOperator()).put("note", repair.getNote());
  }

  private static Report done(Report report, RedemptionStatusChanged next) {
    return report
        .quiet("new_status", next.getStatus())
        .quiet("new_version", next.getVersion())
        .say(
            "Done: it is %s at version %d; what comes of it: redemptions show %s",
            next.getStatus(), next.getVersion(), next.getOrderId());
  }

  /** Makes the failed call again. */
  @Command(
      name = "retry",
      description = {
        "Have the saga make a failed commit or reversal again, and wait until it has taken that"
            + " on:",
        "a commit with a new quote for the same points and discount, a reversal under a new key.",
        "In COMMITTING and REVERSING the same call goes out again under its key, for a call that"
            + " its topic has lost.",
        "Exit code 1: the saga refuses it, such as when the redemption has moved on."
      },
      footerHeading = "%nExample:%n",
      footer = "  loyalty redemptions retry o-4711 --note 'RRR unblocked the member' --execute")
  public static final class Retry extends RedemptionRepair {
    @Override
    RepairAction action() {
      return RepairAction.RETRY;
    }

    @Override
    RedemptionStatus settleAs() {
      return null;
    }

    @Override
    List<String> repairs() {
      return List.of("COMMIT_FAILED", "REVERSE_FAILED", "COMMITTING", "REVERSING");
    }
  }

  /** Notes what was put right by hand. */
  @Command(
      name = "settle",
      description = {
        "Note that a failed redemption was put right by hand at RRR. Calls nothing at RRR.",
        "Exit code 1: the saga refuses it, such as when the redemption has moved on."
      },
      footerHeading = "%nExample:%n",
      footer =
          "  loyalty redemptions settle o-4711 --as COMMITTED --note 'burned by hand' --execute")
  public static final class Settle extends RedemptionRepair {
    /** The states that a failure can be settled as. */
    enum As {
      COMMITTED,
      CANCELLED,
      REVERSED
    }

    @Option(
        names = "--as",
        required = true,
        description = "How it was put right: ${COMPLETION-CANDIDATES}.")
    private As as;

    @Override
    RepairAction action() {
      return RepairAction.SETTLE;
    }

    @Override
    RedemptionStatus settleAs() {
      return RedemptionStatus.valueOf(as.name());
    }

    @Override
    List<String> repairs() {
      return FAILED;
    }
  }
}
