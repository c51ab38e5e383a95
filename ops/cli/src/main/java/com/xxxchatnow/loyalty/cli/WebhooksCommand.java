package com.xxxchatnow.loyalty.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.Setting;
import com.xxxchatnow.loyalty.rrr.LedgerEntry;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Webhooks of RRR. */
@Command(
    name = "webhooks",
    description = "Make up for webhooks that never came.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = WebhooksCommand.Backfill.class)
final class WebhooksCommand {

  /** Makes events from the ledger. */
  @Command(
      name = "backfill",
      description = {
        "Publish points-posted and points-reversed for entries of RRR's ledger whose webhook never",
        "came, through the router and its deduplication, marked as backfilled. Members: those of",
        "the results and redemptions of that time, and --member. Without --execute nothing is",
        "published. Running it twice, or a webhook that comes late after all, doubles nothing."
      },
      footerHeading = "%nExample:%n",
      footer = "  loyalty webhooks backfill --from 2026-11-19 --to 2026-11-20 --execute")
  static final class Backfill extends Operation {
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
        description =
            "Posted at or after: 2026-11-19 or 2026-11-19T08:00:00Z; at most 29 days" + " ago.")
    private String from;

    @Option(
        names = "--to",
        paramLabel = "TIME",
        description = "Posted before; default: 25 hours ago, because RRR re-sends for 24.")
    private String to;

    @Option(names = "--member", paramLabel = "ID", description = "This member as well.")
    private List<String> members = List.of();

    @Option(
        names = "--rps",
        paramLabel = "N",
        description = "Calls to RRR a second; default 5. Environment: RRR_RATE_LIMIT_RPS.")
    private Integer rps;

    @Option(names = "--execute", description = "Publish.")
    private boolean execute;

    @Override
    void override(Map<String, String> environment) {
      super.override(environment);
      put(environment, Setting.RRR_RATE_LIMIT_RPS, rps);
    }

    /** An event that is to be made. */
    private record Missing(String type, LedgerEntry entry) {}

    @Override
    int run(Clients clients, Clock clock, Out out) throws Exception {
      var now = clock.instant();
      var start = SelectionOptions.instant(from);
      var end = to == null ? now.minus(RRR_RETRIES) : SelectionOptions.instant(to);
      if (start.isBefore(now.minus(KNOWN)))
        throw usage("--from is at most 29 days ago: what was published before is not known");
      if (!start.isBefore(end)) throw usage("--from must be before --to");
      var rrr = clients.rrr(clock);
      var table = new Table("type", "member", "entry", "points", "posted_at");
      try (var spill = new Spill(100);
          var producer = clients.producer()) {
        members.forEach(member -> spill.add(Claim.of(member)));
        new Claims(clients, spill, rrr::formatted)
            .results(start.minus(AROUND), end.plus(AROUND))
            .redemptions(start.minus(AROUND), end.plus(AROUND))
            .told(start.minus(AROUND), now.plus(AROUND));
        new EachMember(clients, out)
            .<Missing>run(
                spill,
                (member, claims) ->
                    missing(claims, rrr.ledger(member, start.minus(PENDING), end), start, end),
                found -> {
                  for (var each : found) row(table, each);
                  if (execute) publish(clients, producer, found, now);
                });
      }
      var report = new Report().table("events", table).put("missing", table.size());
      out.print(report.say(said(table.size())));
      return clients.stop().asked() ? ExitCode.STOPPED : ExitCode.OK;
    }

    private String said(int missing) {
      if (missing == 0) return "Every entry was told.";
      return execute ? "Published." : "Nothing was published: to do it, add --execute";
    }

    private static List<Missing> missing(
        List<Claim> claims, List<LedgerEntry> entries, Instant start, Instant end) {
      var posted = new HashSet<String>();
      var reversed = new HashSet<String>();
      for (var claim : claims) {
        if (claim.kind() == Claim.Kind.POSTED_TOLD) posted.add(claim.entryId());
        if (claim.kind() == Claim.Kind.REVERSED_TOLD) reversed.add(claim.entryId());
      }
      var missing = new ArrayList<Missing>();
      for (var entry : entries) {
        var at = entry.postedAt();
        if (at == null || at.isBefore(start) || !at.isBefore(end)) continue;
        if (entry.type() == LedgerEntry.Type.EARN && !posted.contains(entry.entryId()))
          missing.add(new Missing("POINTS_POSTED", entry));
        if (entry.type() == LedgerEntry.Type.REVERSAL && !reversed.contains(entry.entryId()))
          missing.add(new Missing("POINTS_REVERSED", entry));
      }
      return missing;
    }

    private static void row(Table table, Missing each) {
      var entry = each.entry();
      table.row(
          each.type(), entry.memberId(), entry.entryId(), entry.pointsDelta(), entry.postedAt());
    }

    private static void publish(
        Clients clients, KafkaProducer<byte[], byte[]> producer, List<Missing> found, Instant now)
        throws InterruptedException {
      var sends = new ArrayList<Future<?>>();
      try (var values = clients.serdes().<WebhookReceived>serializer()) {
        for (var each : found) {
          var webhook = webhook(each, now);
          sends.add(
              producer.send(
                  new ProducerRecord<>(
                      Topics.WEBHOOKS.name(),
                      webhook.getEventId().getBytes(UTF_8),
                      values.serialize(Topics.WEBHOOKS.name(), webhook))));
        }
        for (var send : sends) send.get();
      } catch (ExecutionException failure) {
        throw UserError.unavailable("not all were published: " + Failures.line(failure), failure);
      }
    }

    /** The webhook as RRR would have sent it, under an id that is the same in every run. */
    private static WebhookReceived webhook(Missing missing, Instant now) {
      var entry = missing.entry();
      var id = "backfill:" + entry.entryId();
      var body = JsonNodeFactory.instance.objectNode();
      body.put("event_id", id).put("event_type", missing.type());
      var data =
          body.putObject("data")
              .put("member_id", entry.memberId())
              .put("points_delta", entry.pointsDelta())
              .put("ledger_entry_id", entry.entryId());
      if (missing.type().equals("POINTS_POSTED")) data.put("source_ref", entry.sourceRef());
      else data.put("reason", entry.reasonCode());
      return WebhookReceived.newBuilder()
          .setEventId(id)
          .setEventType(missing.type())
          .setBody(ByteBuffer.wrap(body.toString().getBytes(UTF_8)))
          .setBackfilled(true)
          .setReceivedAt(now)
          .build();
    }
  }
}
