package com.xxxchatnow.loyalty.kit.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.Reason;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

  @Test
  void it_keeps_key_bytes_and_headers_and_says_where_from_and_why() {
    var source =
        new ConsumerRecord<>("payments.purchases.v1", 3, 42, "u-1".getBytes(UTF_8), new byte[] {9});
    source.headers().add("traceparent", "00-a".getBytes(UTF_8));
    source.headers().add("dlt.replays", "2".getBytes(UTF_8));
    source.headers().add("dlt.reason", "DISABLED".getBytes(UTF_8));

    var letter =
        new DeadLetter(
                source, Reason.REFUSED_VALIDATION, "422 VALIDATION_FAILED", 1, "token_purchase_o-1")
            .record("earn-processor", NOON);

    assertThat(letter.topic()).isEqualTo("payments.purchases.v1.dlt");
    assertThat(letter.key()).isEqualTo(source.key());
    assertThat(letter.value()).isEqualTo(source.value());
    assertThat(headers(letter))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("traceparent", "00-a"),
                Map.entry("dlt.replays", "2"),
                Map.entry("dlt.reason", "REFUSED_VALIDATION"),
                Map.entry("dlt.detail", "422 VALIDATION_FAILED"),
                Map.entry("dlt.source.topic", "payments.purchases.v1"),
                Map.entry("dlt.source.partition", "3"),
                Map.entry("dlt.source.offset", "42"),
                Map.entry("dlt.source.timestamp", "-1"),
                Map.entry("dlt.service", "earn-processor"),
                Map.entry("dlt.failed-at", "2026-11-22T12:00:00Z"),
                Map.entry("dlt.attempts", "1"),
                Map.entry("dlt.idempotency-key", "token_purchase_o-1")));
  }

  @Test
  void a_replayed_record_keeps_the_time_of_its_first_publication() {
    var first = letterOf(at(1_000));
    var replayed = at(5_000);
    first.headers().forEach(replayed.headers()::add);
    replayed.headers().add("dlt.replays", "1".getBytes(UTF_8));

    assertThat(DeadLetter.publishedAt(replayed)).isEqualTo(1_000);
    assertThat(headers(letterOf(replayed))).containsEntry("dlt.source.timestamp", "1000");
  }

  @Test
  void a_header_that_would_make_a_record_younger_or_is_no_number_is_not_believed() {
    for (var forged : new String[] {"9000", "-1", "soon", ""}) {
      var record = at(5_000);
      record.headers().add("dlt.source.timestamp", forged.getBytes(UTF_8));
      record.headers().add("dlt.replays", "1".getBytes(UTF_8));

      assertThat(DeadLetter.publishedAt(record)).as(forged).isEqualTo(5_000);
    }
  }

  @Test
  void headers_of_dead_letters_on_a_record_that_no_replay_sent_are_not_believed_and_not_kept() {
    var record = at(5_000);
    for (var name : new String[] {"source.timestamp", "idempotency-key", "replay-id", "note"})
      record.headers().add("dlt." + name, "1000".getBytes(UTF_8));

    assertThat(DeadLetter.publishedAt(record)).isEqualTo(5_000);
    assertThat(headers(letterOf(record)))
        .containsEntry("dlt.source.timestamp", "5000")
        .doesNotContainKeys("dlt.idempotency-key", "dlt.replay-id", "dlt.note");
  }

  @Test
  void a_record_without_a_timestamp_was_published_nobody_knows_when() {
    assertThat(DeadLetter.publishedAt(at(-1))).isNegative();
  }

  @Test
  void headers_of_the_source_beyond_16_kib_are_dropped_and_counted_and_the_trace_is_kept() {
    var record = at(5_000);
    record.headers().add("large", new byte[1_000_000]);
    for (var i = 0; i < 20; i++) record.headers().add("note" + i, new byte[1_000]);
    record.headers().add("traceparent", "00-a".getBytes(UTF_8));

    var letter = new DeadLetter(record, Reason.INVALID, "x".repeat(1_000_000), 0, "k".repeat(300));
    var headers = headers(letter.record("earn-processor", NOON));

    assertThat(headers)
        .containsEntry("dlt.headers-dropped", "5")
        .containsEntry("traceparent", "00-a")
        .containsKeys("note0", "note15")
        .doesNotContainKeys("large", "note16", "dlt.idempotency-key");
    assertThat(headers.get("dlt.detail")).hasSizeLessThanOrEqualTo(1_001);
  }

  private static ConsumerRecord<byte[], byte[]> at(long timestamp) {
    return new ConsumerRecord<>(
        "payments.purchases.v1",
        0,
        1,
        timestamp,
        TimestampType.CREATE_TIME,
        1,
        1,
        new byte[] {1},
        new byte[] {9},
        new RecordHeaders(),
        Optional.empty());
  }

  private static ProducerRecord<byte[], byte[]> letterOf(ConsumerRecord<byte[], byte[]> source) {
    return new DeadLetter(source, Reason.DISABLED, "", 0, null).record("earn-processor", NOON);
  }

  private static Map<String, String> headers(ProducerRecord<?, ?> record) {
    var all = new TreeMap<String, String>();
    record
        .headers()
        .forEach(header ->
            assertThat(all.put(header.key(), new String(header.value(), UTF_8)))
                .as("each header once")
                .isNull());
    return all;
  }
}
