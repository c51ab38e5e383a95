package com.xxxchatnow.loyalty.cli.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Dead letters of every family tell where they came from; the header names are their writers'. */
class FailedRecordTest {
  private static final Instant WRITTEN = Instant.parse("2026-11-22T10:00:00Z");
  private static final Instant PUBLISHED = Instant.parse("2026-11-20T08:00:00Z");

  @Test
  void ours() {
    var failed =
        FailedRecord.of(
            record(
                Map.ofEntries(
                    text("dlt.reason", "DISABLED"),
                    text("dlt.detail", "RRR_EARN_ENABLED is false"),
                    text("dlt.source.topic", "payments.purchases.v1"),
                    text("dlt.source.partition", "3"),
                    text("dlt.source.offset", "42"),
                    text("dlt.source.timestamp", Long.toString(PUBLISHED.toEpochMilli())),
                    text("dlt.service", "earn-processor"),
                    text("dlt.failed-at", "2026-11-22T09:59:00Z"),
                    text("dlt.attempts", "4"),
                    text("dlt.replays", "2"),
                    text("dlt.idempotency-key", "token_purchase_o-1"))));

    assertThat(failed)
        .extracting(
            FailedRecord::family,
            FailedRecord::reason,
            FailedRecord::sourceTopic,
            FailedRecord::sourcePlace,
            FailedRecord::publishedAt,
            FailedRecord::failedAt,
            FailedRecord::service,
            FailedRecord::attempts,
            FailedRecord::replays,
            FailedRecord::idempotencyKey)
        .containsExactly(
            FailedRecord.Family.LOYALTY,
            "DISABLED",
            "payments.purchases.v1",
            "3:42",
            PUBLISHED,
            Instant.parse("2026-11-22T09:59:00Z"),
            "earn-processor",
            4,
            2,
            "token_purchase_o-1");
  }

  @Test
  void of_spring_whose_numbers_are_bytes() {
    var failed =
        FailedRecord.of(
            record(
                Map.ofEntries(
                    text("kafka_dlt-exception-fqcn", "org.springframework.kafka.X"),
                    text("kafka_dlt-exception-cause-fqcn", "com.example.BadTierException"),
                    text("kafka_dlt-exception-message", "bob@example.com is no tier"),
                    text("kafka_dlt-original-topic", "payments.purchases.v1"),
                    text("kafka_dlt-original-consumer-group", "notifier"),
                    Map.entry("kafka_dlt-original-partition", bytes(4).putInt(3).array()),
                    Map.entry("kafka_dlt-original-offset", bytes(8).putLong(42).array()),
                    Map.entry(
                        "kafka_dlt-original-timestamp",
                        bytes(8).putLong(PUBLISHED.toEpochMilli()).array()))));

    assertForeign(failed, FailedRecord.Family.SPRING, "BadTierException", "notifier", PUBLISHED);
  }

  @Test
  void of_kafka_connect() {
    var failed =
        FailedRecord.of(
            record(
                Map.ofEntries(
                    text("__connect.errors.topic", "payments.purchases.v1"),
                    text("__connect.errors.partition", "3"),
                    text("__connect.errors.offset", "42"),
                    text("__connect.errors.connector.name", "sink"),
                    text("__connect.errors.exception.class.name", "a.b.DataException"))));

    assertForeign(failed, FailedRecord.Family.CONNECT, "DataException", "sink", WRITTEN);
  }

  @Test
  void of_kafka_streams() {
    var failed =
        FailedRecord.of(
            record(
                Map.ofEntries(
                    text("__streams.errors.exception", "a.b.StreamsException"),
                    text("__streams.errors.topic", "payments.purchases.v1"),
                    text("__streams.errors.partition", "3"),
                    text("__streams.errors.offset", "42"))));

    assertForeign(failed, FailedRecord.Family.STREAMS, "StreamsException", "streams", WRITTEN);
  }

  @Test
  void of_nobody_known_it_is_of_the_topic_whose_name_it_bears() {
    var failed = FailedRecord.of(record(Map.of()));

    assertThat(failed.family()).isEqualTo(FailedRecord.Family.UNKNOWN);
    assertThat(failed.sourceTopic()).isEqualTo("some.topic.v1");
    assertThat(failed.sourcePlace()).isNull();
  }

  @Test
  void malformed_headers_tell_nothing_and_do_no_harm() {
    var failed =
        FailedRecord.of(
            record(
                Map.ofEntries(
                    text("dlt.reason", "DISABLED"),
                    text("dlt.source.timestamp", "soon"),
                    text("dlt.failed-at", "yesterday"),
                    text("dlt.replays", "99999999999999999999"))));

    assertThat(failed.publishedAt()).isEqualTo(WRITTEN);
    assertThat(failed.failedAt()).isEqualTo(WRITTEN);
    assertThat(failed.replays()).isZero();
  }

  private static void assertForeign(
      FailedRecord failed,
      FailedRecord.Family family,
      String reason,
      String service,
      Instant published) {
    assertThat(failed)
        .extracting(
            FailedRecord::family,
            FailedRecord::reason,
            FailedRecord::detail,
            FailedRecord::sourceTopic,
            FailedRecord::sourcePlace,
            FailedRecord::service,
            FailedRecord::publishedAt)
        .containsExactly(family, reason, "", "payments.purchases.v1", "3:42", service, published);
  }

  private static Map.Entry<String, byte[]> text(String name, String value) {
    return Map.entry(name, value.getBytes(UTF_8));
  }

  private static ByteBuffer bytes(int length) {
    return ByteBuffer.allocate(length);
  }

  private static ConsumerRecord<byte[], byte[]> record(Map<String, byte[]> headers) {
    var all = new RecordHeaders();
    headers.forEach(all::add);
    return new ConsumerRecord<>(
        "some.topic.v1.dlt",
        1,
        7,
        WRITTEN.toEpochMilli(),
        TimestampType.CREATE_TIME,
        1,
        1,
        "u-1".getBytes(UTF_8),
        new byte[] {9},
        all,
        Optional.empty());
  }
}
