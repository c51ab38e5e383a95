package com.xxxchatnow.loyalty.kit.deadletter;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A record that can't be processed: it keeps the source's key, value bytes and headers, and says
 * where it came from and why it is here.
 *
 * @param detail sanitised: no value of the record, no secret
 * @param attempts calls made to RRR for it
 * @param idempotencyKey the key sent, or that would have been sent, to RRR; null when none
 */
public record DeadLetter(
    ConsumerRecord<byte[], byte[]> source,
    Reason reason,
    String detail,
    int attempts,
    String idempotencyKey) {

  public static final String REASON = "dlt.reason";
  public static final String DETAIL = "dlt.detail";
  public static final String SOURCE_TOPIC = "dlt.source.topic";
  public static final String SOURCE_PARTITION = "dlt.source.partition";
  public static final String SOURCE_OFFSET = "dlt.source.offset";

  /**
   * When the record was first published, milliseconds since 1970: a replayed record that fails
   * again keeps it, because RRR's memory of its idempotency key did not start anew.
   */
  public static final String SOURCE_TIMESTAMP = "dlt.source.timestamp";

  public static final String SERVICE = "dlt.service";
  public static final String FAILED_AT = "dlt.failed-at";
  public static final String ATTEMPTS = "dlt.attempts";
  public static final String IDEMPOTENCY_KEY = "dlt.idempotency-key";

  /**
   * There when the record was too large for the dead letter topic: key, value and headers stay at
   * the source.
   */
  public static final String CUT = "dlt.cut";

  /** How often the record has been replayed; written by the replay, kept here. */
  public static final String REPLAYS = "dlt.replays";

  /** The source's {@code .dlt} record. */
  public ProducerRecord<byte[], byte[]> record(String service, Clock clock) {
    var headers = new RecordHeaders(source.headers().toArray());
    put(headers, REASON, reason.name());
    put(headers, DETAIL, detail);
    put(headers, SOURCE_TOPIC, source.topic());
    put(headers, SOURCE_PARTITION, Integer.toString(source.partition()));
    put(headers, SOURCE_OFFSET, Long.toString(source.offset()));
    put(headers, SOURCE_TIMESTAMP, Long.toString(publishedAt(source)));
    put(headers, SERVICE, service);
    put(headers, FAILED_AT, clock.instant().toString());
    put(headers, ATTEMPTS, Integer.toString(attempts));
    if (idempotencyKey != null) put(headers, IDEMPOTENCY_KEY, idempotencyKey);
    return new ProducerRecord<>(
        source.topic() + Topic.DEAD_LETTER_SUFFIX, null, source.key(), source.value(), headers);
  }

  /**
   * When a record of a source topic was first published, milliseconds since 1970: its timestamp or,
   * for a replayed record, the earlier one that its first dead letter noted. Whatever asks how old
   * an idempotency key may be asks this.
   */
  public static long publishedAt(ConsumerRecord<?, ?> record) {
    return TraceHeaders.text(record.headers(), SOURCE_TIMESTAMP)
        .filter(text -> text.matches("\\d{1,18}"))
        .map(Long::parseLong)
        .filter(first -> first < record.timestamp())
        .orElse(record.timestamp());
  }

  private static void put(RecordHeaders headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
