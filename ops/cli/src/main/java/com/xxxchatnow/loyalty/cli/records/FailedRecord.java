package com.xxxchatnow.loyalty.cli.records;

import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.schemas.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A record of a dead letter topic and what its headers tell, whoever wrote them: this project,
 * Spring, Kafka Connect or Kafka Streams.
 *
 * @param reason our code; of others the simple name of the exception
 * @param detail ours is sanitised; of others nothing, because exceptions quote values
 * @param sourceTopic null when nobody tells
 * @param sourcePlace {@code partition:offset}, or null
 * @param publishedAt when the source's record was first published; where nobody tells, the time of
 *     the dead letter
 * @param idempotencyKey null when the header is not there
 */
public record FailedRecord(
    ConsumerRecord<byte[], byte[]> record,
    Family family,
    String reason,
    String detail,
    String sourceTopic,
    String sourcePlace,
    Instant publishedAt,
    Instant failedAt,
    String service,
    int attempts,
    int replays,
    String idempotencyKey) {

  /** Marks the run that replayed a record, so that one that comes back is known. */
  public static final String REPLAY_ID = "dlt.replay-id";

  /** Who wrote the dead letter. */
  public enum Family {
    LOYALTY,
    SPRING,
    CONNECT,
    STREAMS,
    UNKNOWN
  }

  public static FailedRecord of(ConsumerRecord<byte[], byte[]> record) {
    var headers = new Reader(record.headers());
    return switch (headers.family()) {
      case LOYALTY -> ours(record, headers);
      case SPRING -> spring(record, headers);
      case CONNECT -> others(record, headers, Family.CONNECT, "__connect.errors.", "class.name");
      case STREAMS -> others(record, headers, Family.STREAMS, "__streams.errors.", null);
      case UNKNOWN -> others(record, headers, Family.UNKNOWN, "", null);
    };
  }

  /** {@code partition:offset} in the dead letter topic. */
  public String place() {
    return record.partition() + ":" + record.offset();
  }

  /** The key as text; null when it has none. */
  public String key() {
    return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
  }

  private static FailedRecord ours(ConsumerRecord<byte[], byte[]> record, Reader headers) {
    return new FailedRecord(
        record,
        Family.LOYALTY,
        headers.text(DeadLetter.REASON).orElse("UNKNOWN"),
        headers.text(DeadLetter.DETAIL).orElse(""),
        headers.text(DeadLetter.SOURCE_TOPIC).orElse(null),
        place(
            headers.number(DeadLetter.SOURCE_PARTITION), headers.number(DeadLetter.SOURCE_OFFSET)),
        earlier(headers.number(DeadLetter.SOURCE_TIMESTAMP), record),
        headers.instant(DeadLetter.FAILED_AT).orElse(at(record)),
        headers.text(DeadLetter.SERVICE).orElse("unknown"),
        headers.number(DeadLetter.ATTEMPTS).orElse(0L).intValue(),
        headers.number(DeadLetter.REPLAYS).orElse(0L).intValue(),
        headers.text(DeadLetter.IDEMPOTENCY_KEY).orElse(null));
  }

  /** Spring writes its numbers as big-endian bytes. */
  private static FailedRecord spring(ConsumerRecord<byte[], byte[]> record, Reader headers) {
    var exception =
        headers
            .text("kafka_dlt-exception-cause-fqcn")
            .or(() -> headers.text("kafka_dlt-exception-fqcn"));
    return foreign(
        record,
        headers,
        Family.SPRING,
        exception,
        headers.text("kafka_dlt-original-topic"),
        place(
            headers.binary("kafka_dlt-original-partition"),
            headers.binary("kafka_dlt-original-offset")),
        headers.binary("kafka_dlt-original-timestamp"),
        headers.text("kafka_dlt-original-consumer-group").orElse("spring"));
  }

  /** Connect and Streams write text and give the dead letter the source's timestamp. */
  private static FailedRecord others(
      ConsumerRecord<byte[], byte[]> record,
      Reader headers,
      Family family,
      String prefix,
      String service) {
    return foreign(
        record,
        headers,
        family,
        headers.text(prefix + "exception.class.name").or(() -> headers.text(prefix + "exception")),
        headers.text(prefix + "topic"),
        place(headers.number(prefix + "partition"), headers.number(prefix + "offset")),
        Optional.of(record.timestamp()),
        Optional.ofNullable(service)
            .flatMap(name -> headers.text(prefix + "connector.name"))
            .orElse(family.name().toLowerCase(java.util.Locale.ROOT)));
  }

  private static FailedRecord foreign(
      ConsumerRecord<byte[], byte[]> record,
      Reader headers,
      Family family,
      Optional<String> exception,
      Optional<String> topic,
      String place,
      Optional<Long> timestamp,
      String service) {
    return new FailedRecord(
        record,
        family,
        exception.map(name -> name.substring(name.lastIndexOf('.') + 1)).orElse("UNKNOWN"),
        "",
        topic.or(() -> byName(record.topic())).orElse(null),
        place,
        earlier(timestamp, record),
        at(record),
        service,
        0,
        headers.number(DeadLetter.REPLAYS).orElse(0L).intValue(),
        headers.text(DeadLetter.IDEMPOTENCY_KEY).orElse(null));
  }

  /** {@code x.dlt} is of {@code x} when nobody says otherwise. */
  private static Optional<String> byName(String topic) {
    return topic.endsWith(Topic.DEAD_LETTER_SUFFIX)
        ? Optional.of(topic.substring(0, topic.length() - Topic.DEAD_LETTER_SUFFIX.length()))
        : Optional.empty();
  }

  private static Instant earlier(Optional<Long> millis, ConsumerRecord<?, ?> record) {
    return millis
        .filter(time -> time >= 0 && time < record.timestamp())
        .map(Instant::ofEpochMilli)
        .orElse(at(record));
  }

  private static Instant at(ConsumerRecord<?, ?> record) {
    return Instant.ofEpochMilli(record.timestamp());
  }

  private static String place(Optional<Long> partition, Optional<Long> offset) {
    return partition.isPresent() && offset.isPresent()
        ? partition.get() + ":" + offset.get()
        : null;
  }

  /** Headers as text and numbers; what is malformed is not there. */
  private record Reader(Headers headers) {
    Family family() {
      if (headers.lastHeader(DeadLetter.REASON) != null) return Family.LOYALTY;
      for (var header : headers) {
        if (header.key().startsWith("kafka_dlt-")) return Family.SPRING;
        if (header.key().startsWith("__connect.errors.")) return Family.CONNECT;
        if (header.key().startsWith("__streams.errors.")) return Family.STREAMS;
      }
      return Family.UNKNOWN;
    }

    Optional<String> text(String name) {
      return TraceHeaders.text(headers, name);
    }

    Optional<Long> number(String name) {
      return text(name).filter(text -> text.matches("-?\\d{1,18}")).map(Long::parseLong);
    }

    Optional<Long> binary(String name) {
      var header = headers.lastHeader(name);
      if (header == null || header.value() == null) return Optional.empty();
      return switch (header.value().length) {
        case Integer.BYTES -> Optional.of((long) ByteBuffer.wrap(header.value()).getInt());
        case Long.BYTES -> Optional.of(ByteBuffer.wrap(header.value()).getLong());
        default -> Optional.empty();
      };
    }

    Optional<Instant> instant(String name) {
      try {
        return text(name).map(Instant::parse);
      } catch (DateTimeException malformed) {
        return Optional.empty();
      }
    }
  }
}
