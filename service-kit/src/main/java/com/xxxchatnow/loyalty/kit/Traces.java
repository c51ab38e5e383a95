package com.xxxchatnow.loyalty.kit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The two trace headers, carried from record to call to record. */
public final class Traces {
  /** W3C trace context. */
  public static final String TRACEPARENT = "traceparent";

  /** The UUID sent to RRR as X-Request-Trace. */
  public static final String REQUEST_TRACE = "x-request-trace";

  private static final List<String> CARRIED = List.of(TRACEPARENT, "tracestate", REQUEST_TRACE);

  private Traces() {}

  /** A header's text, when it is there. */
  public static Optional<String> text(Headers headers, String name) {
    return Optional.ofNullable(headers.lastHeader(name))
        .map(Header::value)
        .map(value -> new String(value, StandardCharsets.UTF_8));
  }

  /**
   * The record's request trace; where it has none, or none that is a UUID, one that is derived from
   * its place, so that a redelivered record has the same.
   */
  public static UUID requestTrace(ConsumerRecord<?, ?> record) {
    var place = record.topic() + "/" + record.partition() + "/" + record.offset();
    return text(record.headers(), REQUEST_TRACE)
        .flatMap(Traces::uuid)
        .orElseGet(() -> UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8)));
  }

  /** Copies the trace headers, without doubling them. */
  public static void carry(Headers from, Headers to) {
    for (var name : CARRIED) {
      var header = from.lastHeader(name);
      if (header != null) {
        to.remove(name);
        to.add(name, header.value());
      }
    }
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }
}
