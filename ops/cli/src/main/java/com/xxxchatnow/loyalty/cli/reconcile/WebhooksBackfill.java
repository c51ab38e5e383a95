package com.xxxchatnow.loyalty.cli.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.RrrOperation;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.Table;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.reconcile.Backfill.Untold;
import com.xxxchatnow.loyalty.cli.records.SelectionOptions;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes events from RRR's ledger. */
@Command(
    name = "backfill",
    description = {
      "Publish points-posted, points-reversed and redemption-confirmations for entries of RRR's",
      "ledger whose webhook never came, through the router and its deduplication, marked as",
      "backfilled. A redemption's order and discount are those that loyalty.redemptions.v1 tells.",
      "Members: those of the results and redemptions of that time, and --member. Without --execute",
      "nothing is published. Running it twice, or a webhook that comes late after all, doubles",
      "nothing. Not made: transfers (the ledger does not name transfer_id and the other member)."
    },
    footerHeading = "%nExample:%n",
    footer = "  loyalty webhooks backfill --from 2026-11-19 --to 2026-11-20 --execute")
public final class WebhooksBackfill extends RrrOperation {
  /** RRR gives up a webhook after 24 hours (contract, webhooks). */
  private static final Duration RRR_RETRIES = Duration.ofHours(25);

  /** What was published is known for 30 days; before that, a missing event can't be told. */
  private static final Duration KNOWN = Duration.ofDays(29);

  /** RRR posts a pending entry within 48 hours of its creation (contract, points/earn). */
  private static final Duration PENDING = Duration.ofHours(48);

  private static final Duration AROUND = Duration.ofHours(1);

  @Option(
      names = "--from",
      required = true,
      paramLabel = "TIME",
      description = "Posted at or after: 2026-11-19 or 2026-11-19T08:00:00Z; at most 29 days ago.")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Posted before; default: 25 hours ago, because RRR re-sends for 24.")
  private String to;

  @Option(names = "--member", paramLabel = "ID", description = "This member as well.")
  private List<String> members = List.of();

  @Option(names = "--execute", description = "Publish.")
  private boolean execute;

  @Override
  protected int run(Clients clients, Clock clock, Console out) throws Exception {
    var now = clock.instant();
    var start = SelectionOptions.instant(from);
    var end = to == null ? now.minus(RRR_RETRIES) : SelectionOptions.instant(to);
    if (start.isBefore(now.minus(KNOWN)))
      throw usage("--from is at most 29 days ago: what was published before is not known");
    if (!start.isBefore(end)) throw usage("--from must be before --to");
    var rrr = clients.rrr(clock);
    var backfill = new Backfill(start, end);
    var found = new Found(new Table("type", "member", "entry", "points", "posted_at"));
    try (var spill = new Spill(100);
        var producer = clients.producer()) {
      members.forEach(member -> spill.add(ExpectedEntry.of(member)));
      new ExpectedEntries(clients, spill, rrr::formatted)
          .results(start.minus(AROUND), end.plus(AROUND))
          .calls(start.minus(AROUND), now.plus(AROUND))
          .told(start.minus(AROUND), now.plus(AROUND));
      var coverage =
          new MemberLedgers(clients, out, 0)
              .<Untold>run(
                  spill,
                  (member, claims) ->
                      backfill.of(
                          claims,
                          rrr.ledger(member, start.minus(PENDING), end).stream()
                              .filter(rrr::ours)
                              .toList()),
                  untold -> {
                    untold.forEach(found::add);
                    if (execute) publish(clients, producer, untold, now);
                  });
      out.print(report(found, coverage));
      if (clients.stop().asked()) return ExitCode.STOPPED;
      return coverage.whole() ? ExitCode.OK : ExitCode.DIFFERENT;
    }
  }

  /** What was found: rows for what can be made, counts for what can't. */
  private static final class Found {
    private final Table events;
    private long redemptions;
    private long transfers;

    Found(Table events) {
      this.events = events;
    }

    void add(Untold untold) {
      var entry = untold.entry();
      if (untold.complete())
        events.row(
            untold.type(),
            entry.memberId(),
            entry.entryId(),
            entry.pointsDelta(),
            entry.postedAt());
      else if (entry.type() == LedgerEntry.Type.TRANSFER_OUT) transfers++;
      else redemptions++;
    }
  }

  private Report report(Found found, MemberLedgers.Coverage coverage) {
    var missing = found.events.size();
    var report =
        new Report()
            .table("events", found.events)
            .put("missing", missing)
            .quiet("redemptions_not_known", found.redemptions)
            .quiet("transfers_not_known", found.transfers);
    if (found.redemptions > 0)
      report.say(
          "%d entries of redemptions are left out: loyalty.redemptions.v1 does not tell their order"
              + " and discount, nor so whether they were confirmed",
          found.redemptions);
    if (found.transfers > 0)
      report.say(
          "%d transfers are left out: the ledger names neither transfer_id nor the other member",
          found.transfers);
    coverage.failed().forEach((member, why) -> report.say("Left out: member %s: %s", member, why));
    if (coverage.nextShare() < Spill.SHARES)
      report.say("Stopped before the end; the same command again doubles nothing.");
    if (missing == 0)
      return report.say(
          coverage.whole() ? "No other entry is untold." : "None of what was read is untold.");
    return report.say(execute ? "Published." : "Nothing was published: to do it, add --execute");
  }

  private static void publish(
      Clients clients, KafkaProducer<byte[], byte[]> producer, List<Untold> untold, Instant now)
      throws InterruptedException {
    var topic = Topics.WEBHOOKS.name();
    var sends = new ArrayList<Future<?>>();
    try (var values = clients.serdes().<WebhookReceived>serializer()) {
      for (var each : untold) {
        if (!each.complete()) continue;
        var value = values.serialize(topic, each.webhook(now));
        sends.add(
            producer.send(new ProducerRecord<>(topic, each.eventId().getBytes(UTF_8), value)));
      }
      for (var send : sends) send.get();
    } catch (ExecutionException failure) {
      throw UserError.unavailable("not all were published: " + Failures.line(failure), failure);
    }
  }
}
