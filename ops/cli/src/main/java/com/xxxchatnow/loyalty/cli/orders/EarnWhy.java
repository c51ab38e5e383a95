package com.xxxchatnow.loyalty.cli.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Keys;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.Table;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Payload;
import com.xxxchatnow.loyalty.cli.records.SelectionOptions;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.settings.SettingsException;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The story of an order. */
@Command(
    name = "why",
    description = {
      "Tell the whole story of an order: purchase, results, dead letters, RRR's ledger (of the"
          + " member,",
      "and of a former one who got its points), traces.",
      "Reads whole topics unless --user names the partition and --since the time.",
      "Exit code 0: it ended as one of earned, skipped, dead-lettered; 1: it is not known, or"
          + " did",
      "not end yet."
    },
    footerHeading = "%nExample:%n",
    footer = "  loyalty earn why o-4711 --user u-42 --since 2026-11-22")
public final class EarnWhy extends Operation {
  private static final Duration LEDGER_BEFORE = Duration.ofHours(1);

  @Parameters(paramLabel = "ORDER_ID")
  private String orderId;

  @Option(
      names = "--user",
      paramLabel = "USER_ID",
      description = "Its user: only this key's partition is read.")
  private String user;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Published then or later: 2026-11-22 or 2026-11-22T08:00:00Z.")
  private String since;

  private final List<Event> story = new ArrayList<>();
  private final Set<String> members = new HashSet<>();
  private final Set<String> keys = new HashSet<>();

  /** The keys as RRR may name them, in either format. */
  private final Set<String> refs = new HashSet<>();

  private String userId;
  private boolean ended;

  private record Event(Instant at, String what, String where, String tells, String trace) {}

  @Override
  protected int run(Clients clients, Clock clock, Console out) throws InterruptedException {
    scan(clients, Topics.PURCHASES.name(), record -> purchase(clients, record));
    scan(clients, Topics.PURCHASES.name() + ".dlt", record -> deadLetter(clients, record));
    try (var values = clients.serdes().<EarnResult>deserializer()) {
      scan(clients, Topics.EARN_RESULTS.name(), record -> result(record, value(values, record)));
    }
    if (story.isEmpty()) throw nothingEarned(clients);
    for (var format : KeyFormat.values()) keys.forEach(key -> refs.add(format.format(key)));
    try (var values = clients.serdes().<PointsPosted>deserializer()) {
      since(Scan.of(clients, Topics.POINTS_POSTED.name()))
          .each(record -> told(record, value(values, record)));
    }
    ledger(clients, clock);
    out.print(report());
    return ended ? ExitCode.OK : ExitCode.DIFFERENT;
  }

  /** A checkout has its story elsewhere. */
  private UserError nothingEarned(Clients clients) {
    var key = orderId.getBytes(UTF_8);
    var keys = new HashSet<String>();
    for (var topic : List.of(Topics.REDEMPTIONS.name(), Topics.REDEMPTION_REQUESTS.name()))
      Scan.of(clients, topic).ofKey(key).each(record -> keys.add(FailedRecord.of(record).key()));
    return UserError.refused(
        keys.contains(orderId)
            ? "order %1$s is no purchase but a checkout; its story: redemptions show %1$s"
                .formatted(orderId)
            : "nothing is known of order " + orderId);
  }

  private Report report() {
    var table = new Table("at", "what", "where", "tells", "trace");
    story.stream()
        .sorted(Comparator.comparing(Event::at))
        .forEach(
            each -> table.row(each.at(), each.what(), each.where(), each.tells(), each.trace()));
    var report =
        new Report()
            .put("order_id", orderId)
            .put("user_id", userId)
            .put("idempotency_key", String.join(", ", keys))
            .table("story", table);
    return ended ? report : report.say("It has no result yet.");
  }

  private void scan(
      Clients clients,
      String topic,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    var scan = Scan.of(clients, topic);
    if (user != null) scan.ofKey(user.getBytes(UTF_8));
    since(scan).each(reader);
  }

  private Scan since(Scan scan) {
    return since == null ? scan : scan.from(SelectionOptions.instant(since));
  }

  private static <V> V value(Deserializer<V> values, ConsumerRecord<byte[], byte[]> record) {
    try {
      return values.deserialize(record.topic(), record.value());
    } catch (SerializationException unreadable) {
      throw UserError.unavailable(Failures.line(unreadable), unreadable);
    }
  }

  private void purchase(Clients clients, ConsumerRecord<byte[], byte[]> record) {
    var payload = ours(clients, record);
    if (payload == null) return;
    userId = payload.text("user_id").orElse(userId);
    payload.text("rrr_member_id").ifPresent(members::add);
    keys.add(
        Keys.ofEarn(payload.text("kind").orElse(""), orderId, payload.text("line_id").orElse("1")));
    var replays = TraceHeaders.text(record.headers(), DeadLetter.REPLAYS);
    add(
        record,
        replays.isPresent() ? "purchase, replayed" : "purchase",
        "%s %s %s"
            .formatted(
                payload.text("kind").orElse("?"),
                payload.text("amount_minor").orElse("?"),
                payload.text("currency").orElse("?")));
  }

  private void deadLetter(Clients clients, ConsumerRecord<byte[], byte[]> record) {
    if (ours(clients, record) == null) return;
    var failed = FailedRecord.of(record);
    ended = true;
    add(
        record,
        "dead letter",
        "%s: %s (replays %d)".formatted(failed.reason(), failed.detail(), failed.replays()));
  }

  private Payload ours(Clients clients, ConsumerRecord<byte[], byte[]> record) {
    return Payload.of(record.value(), clients.registry())
        .filter(payload -> payload.text("order_id").filter(orderId::equals).isPresent())
        .orElse(null);
  }

  private void result(ConsumerRecord<byte[], byte[]> record, EarnResult result) {
    if (!result.getOrderId().equals(orderId)) return;
    ended = true;
    userId = result.getUserId();
    if (result.getRrrMemberId() != null) members.add(result.getRrrMemberId());
    keys.add(result.getIdempotencyKey());
    var reason = result.getReason() == null ? "" : " " + result.getReason();
    var entry = result.getLedgerEntryId() == null ? "" : ", entry " + result.getLedgerEntryId();
    add(
        record,
        "result",
        "%s%s, %d points after %d attempts%s"
            .formatted(
                result.getStatus(), reason, result.getPoints(), result.getAttempts(), entry));
  }

  /** RRR told us: this names a former member too, to whom a call before a new link was booked. */
  private void told(ConsumerRecord<byte[], byte[]> record, PointsPosted posted) {
    if (!refs.contains(posted.getSourceRef())) return;
    members.add(posted.getMemberId());
    add(
        record,
        "posted",
        "%+d points, entry %s".formatted(posted.getPointsDelta(), posted.getLedgerEntryId()));
  }

  /** RRR's own books, when RRR is known and the member too. */
  private void ledger(Clients clients, Clock clock) throws InterruptedException {
    var first = story.stream().map(Event::at).min(Comparator.naturalOrder()).orElseThrow();
    try {
      var rrr = clients.rrr(clock);
      if (userId != null) rrr.member(userId).ifPresent(members::add);
      for (var member : members)
        rrr.ledger(member, first.minus(LEDGER_BEFORE), clock.instant()).stream()
            .filter(entry -> refs.contains(entry.sourceRef()))
            .forEach(this::entry);
    } catch (SettingsException | UserError away) {
      var why = away.getMessage().lines().reduce((_, last) -> last).orElse("").strip();
      story.add(new Event(clock.instant(), "ledger", "RRR", "not asked: " + why, null));
    }
  }

  private void entry(LedgerEntry entry) {
    var posted = entry.postedAt() == null ? ", pending" : "";
    story.add(
        new Event(
            entry.createdAt(),
            "ledger",
            "RRR " + entry.entryId(),
            "%s %+d points%s".formatted(entry.type(), entry.pointsDelta(), posted),
            null));
  }

  private void add(ConsumerRecord<byte[], byte[]> record, String what, String tells) {
    story.add(
        new Event(
            Instant.ofEpochMilli(record.timestamp()),
            what,
            "%s %d:%d".formatted(record.topic(), record.partition(), record.offset()),
            tells,
            TraceHeaders.text(record.headers(), TraceHeaders.REQUEST_TRACE)
                .or(() -> TraceHeaders.text(record.headers(), TraceHeaders.TRACEPARENT))
                .orElse(null)));
  }
}
