package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Selection;
import com.xxxchatnow.loyalty.events.DeadLetterAction;
import com.xxxchatnow.loyalty.events.DeadLetterActionKind;
import com.xxxchatnow.loyalty.events.DeadLetterActionPhase;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;

/** Decides that dead letters need nothing more. */
@Command(
    name = "discard",
    description = {
      "Decide that dead letters need nothing more: list counts them no longer as open, replay",
      "leaves them out. The decision is written to the audit topic; the records stay until their",
      "retention ends. Without --execute nothing is changed."
    },
    footerHeading = "%nExample:%n",
    footer = "  loyalty dlt discard payments.purchases.v1.dlt --reason INVALID --execute")
public final class DltDiscard extends DltDecision {
  @Override
  protected int run(Clients clients, Clock clock, Console out) throws Exception {
    notASource(topic);
    var chosen = selection.selection();
    if (chosen.equals(Selection.everything()))
      throw usage("discard needs a selection, such as --reason INVALID");
    var audit = Audit.read(clients, topic);
    var count = new AtomicLong();
    var ends =
        Scan.of(clients, topic)
            .each(record -> {
              var failed = FailedRecord.of(record);
              if (chosen.matches(failed)
                  && audit.before(failed, DeadLetterActionKind.DISCARD).isEmpty())
                count.incrementAndGet();
            });
    var report = new Report().put("to_discard", count.get());
    if (!execute || count.get() == 0) {
      out.print(report.say("Nothing was changed%s", execute ? "." : ": to do it, add --execute"));
      return ExitCode.OK;
    }
    Audit.note(
        clients,
        clock,
        DeadLetterAction.newBuilder()
            .setActionId(UUID.randomUUID().toString())
            .setTopic(topic)
            .setAction(DeadLetterActionKind.DISCARD)
            .setOperator(operator.name())
            .setSelection(chosen.text())
            .setPhase(DeadLetterActionPhase.FINISHED)
            .setSelected(count.get())
            .setSent(0)
            .setRefused(0)
            .setPositions(Audit.positions(ends)));
    out.print(report.say("Discarded."));
    return ExitCode.OK;
  }
}
