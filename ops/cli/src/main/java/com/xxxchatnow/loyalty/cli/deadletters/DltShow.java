package com.xxxchatnow.loyalty.cli.deadletters;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.HumanDuration;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.Table;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Payload;
import com.xxxchatnow.loyalty.cli.records.Selection;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One dead letter. */
@Command(
    name = "show",
    description = {
      "Show one dead letter, decoded. Free maps and bytes are masked, texts of foreign exceptions",
      "left out: they may hold personal data."
    },
    footerHeading = "%nExample:%n",
    footer = "  loyalty dlt show payments.purchases.v1.dlt 3:1042")
public final class DltShow extends Operation {
  @Parameters(index = "0", paramLabel = "TOPIC", description = "The dead letter topic.")
  private String topic;

  @Parameters(
      index = "1",
      paramLabel = "PARTITION:OFFSET",
      description = "The record's place in it.")
  private String place;

  @Override
  protected int run(Clients clients, Clock clock, Console out) {
    var range = Selection.Range.of(place);
    var found = new AtomicReference<FailedRecord>();
    var partition = new TopicPartition(topic, range.partition());
    Scan.of(clients, topic)
        .ofPartition(range.partition())
        .at(java.util.Map.of(partition, range.first()))
        .upTo(range.first() + 1)
        .each(record -> found.set(FailedRecord.of(record)));
    var failed = found.get();
    if (failed == null || failed.record().offset() != range.first())
      throw UserError.refused("there is no record at %s %s".formatted(topic, place));
    out.print(report(failed, clients, clock));
    return ExitCode.OK;
  }

  private static Report report(FailedRecord failed, Clients clients, Clock clock) {
    var report =
        new Report()
            .put("place", failed.record().topic() + " " + failed.place())
            .put("written_by", failed.family().name().toLowerCase(java.util.Locale.ROOT))
            .put("reason", failed.reason())
            .put("detail", failed.detail())
            .put("service", failed.service())
            .put("source_topic", failed.sourceTopic())
            .put("source_place", failed.sourcePlace())
            .put("key", failed.key())
            .put("published_at", failed.publishedAt())
            .put("failed_at", failed.failedAt())
            .put("age", HumanDuration.text(Duration.between(failed.failedAt(), clock.instant())))
            .put("attempts", failed.attempts())
            .put("replays", failed.replays())
            .put("idempotency_key", failed.idempotencyKey());
    headers(report, failed.record());
    var bytes = failed.record().value();
    Payload.of(bytes, clients.registry())
        .ifPresentOrElse(
            value -> value(report, value.sanitised()),
            () -> report.put("value", unreadable(bytes, clients)));
    return report;
  }

  private static String unreadable(byte[] value, Clients clients) {
    var why = Payload.fault(value, clients.registry()).orElse("");
    return "%s, unreadable: %s".formatted(bytes(value), why);
  }

  private static void value(Report report, JsonNode value) {
    report.quiet("value", value).say("value:");
    value
        .properties()
        .forEach(field -> report.say("  %s: %s", field.getKey(), text(field.getValue())));
  }

  private static String text(JsonNode value) {
    return Console.printable(value.isTextual() ? value.textValue() : value.toString());
  }

  /** The trace headers in full; of others the size, because they may hold anything. */
  private static void headers(Report report, ConsumerRecord<?, byte[]> record) {
    var table = new Table("header", "value");
    for (var header : record.headers()) {
      if (header.key().startsWith("dlt.") && !header.key().equals(Edit.ORIGINAL)) continue;
      var trace = TraceHeaders.isTrace(header.key());
      table.row(
          header.key(),
          trace ? new String(header.value(), StandardCharsets.UTF_8) : bytes(header.value()));
    }
    report.table("headers", table);
  }

  private static String bytes(byte[] value) {
    return value == null ? "null" : value.length + " bytes";
  }
}
