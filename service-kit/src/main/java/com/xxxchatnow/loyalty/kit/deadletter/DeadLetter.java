package com.xxxchatnow.loyalty.kit.deadletter;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
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
   * When the record was first published, milliseconds since 1970, below 0 when it has no timestamp:
   * a replayed record that fails again keeps it, because RRR's memory of its idempotency key did
   * not start anew.
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

  /** The run that replayed the record; written by the replay, kept here. */
  public static final String REPLAY_ID = "dlt.replay-id";

  /** The value before an operator edited it; written by the replay, kept here. */
  public static final String ORIGINAL_VALUE = "dlt.original-value";

  /** How many headers of the source were left out because all of them together were too large. */
  public static final String HEADERS_DROPPED = "dlt.headers-dropped";

  private static final String PREFIX = "dlt.";
  private static final Set<String> OF_A_REPLAY = Set.of(REPLAYS, REPLAY_ID, ORIGINAL_VALUE);
  private static final Set<String> OWN =
      Set.of(
          REASON,
          DETAIL,
          SOURCE_TOPIC,
          SOURCE_PARTITION,
          SOURCE_OFFSET,
          SOURCE_TIMESTAMP,
          SERVICE,
          FAILED_AT,
          ATTEMPTS,
          IDEMPOTENCY_KEY,
          REPLAYS,
          REPLAY_ID,
          HEADERS_DROPPED);

  /** For the source's headers together, names and values; bytes. */
  private static final int MAX_SOURCE_HEADERS = 16 << 10;

  private static final int MAX_DETAIL = 1_000;

  /** RRR's keys are shorter; a longer one was never sent. */
  private static final int MAX_KEY = 255;

  /** The source's {@code .dlt} record. */
  public ProducerRecord<byte[], byte[]> record(String service, Clock clock) {
    var headers = sourceHeaders();
    put(headers, REASON, reason.name());
    put(headers, DETAIL, bounded(detail));
    put(headers, SOURCE_TOPIC, source.topic());
    put(headers, SOURCE_PARTITION, Integer.toString(source.partition()));
    put(headers, SOURCE_OFFSET, Long.toString(source.offset()));
    put(headers, SOURCE_TIMESTAMP, Long.toString(publishedAt(source)));
    put(headers, SERVICE, service);
    put(headers, FAILED_AT, clock.instant().toString());
    put(headers, ATTEMPTS, Integer.toString(attempts));
    if (idempotencyKey != null && idempotencyKey.length() <= MAX_KEY)
      put(headers, IDEMPOTENCY_KEY, idempotencyKey);
    return new ProducerRecord<>(
        source.topic() + Topic.DEAD_LETTER_SUFFIX, null, source.key(), source.value(), headers);
  }

  /**
   * When a record of a source topic was first published, milliseconds since 1970: its timestamp or,
   * for a replayed record, the earlier one that its first dead letter noted. Whatever asks how old
   * an idempotency key may be asks this. Below 0: the record has no timestamp.
   */
  public static long publishedAt(ConsumerRecord<?, ?> record) {
    if (!isReplayed(record)) return record.timestamp();
    return TraceHeaders.text(record.headers(), SOURCE_TIMESTAMP)
        .filter(text -> text.matches("\\d{1,18}"))
        .map(Long::parseLong)
        .filter(first -> record.timestamp() < 0 || first < record.timestamp())
        .orElse(record.timestamp());
  }

  /**
   * Whether the record comes from a replay. On any other record the {@code dlt.*} headers are
   * somebody else's, and are neither believed nor kept.
   */
  public static boolean isReplayed(ConsumerRecord<?, ?> record) {
    return TraceHeaders.text(record.headers(), REPLAYS)
        .filter(text -> text.matches("[1-9]\\d{0,8}"))
        .isPresent();
  }

  /** Whether a header is one that {@link #record} writes, and not the source's. */
  public static boolean isOwn(Header header) {
    return OWN.contains(header.key());
  }

  /** A detail of the length that a dead letter or a rejection may have. */
  static String bounded(String detail) {
    return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL) + "…";
  }

  /** The source's headers as far as they fit, those of the trace before all others. */
  private RecordHeaders sourceHeaders() {
    var kept = new RecordHeaders();
    var left = MAX_SOURCE_HEADERS;
    var dropped = 0;
    for (var traces : List.of(true, false))
      for (var header : source.headers()) {
        if (TraceHeaders.isTrace(header.key()) != traces || isForged(header)) continue;
        var size = header.key().length() + (header.value() == null ? 0 : header.value().length);
        if (size > left) dropped++;
        else {
          left -= size;
          kept.add(header);
        }
      }
    if (dropped > 0) put(kept, HEADERS_DROPPED, Integer.toString(dropped));
    return kept;
  }

  private boolean isForged(Header header) {
    return header.key().startsWith(PREFIX)
        && !(isReplayed(source) && OF_A_REPLAY.contains(header.key()));
  }

  private static void put(RecordHeaders headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
