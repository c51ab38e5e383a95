package com.xxxchatnow.loyalty.kit.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The two trace headers, carried from record to call to record. Only what is one is carried on: a
 * publisher's other text in their place ends there.
 */
public final class TraceHeaders {
  /** W3C trace context. */
  public static final String TRACEPARENT = "traceparent";

  /** The UUID sent to RRR as X-Request-Trace. */
  public static final String REQUEST_TRACE = "x-request-trace";

  private static final Pattern PARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  private TraceHeaders() {}

  /** Whether a header is one of the two. */
  public static boolean isTrace(String name) {
    return name.equals(TRACEPARENT) || name.equals(REQUEST_TRACE);
  }

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
        .flatMap(TraceHeaders::uuid)
        .orElseGet(() -> UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8)));
  }

  /** The record's trace context in W3C's form, when it has one. */
  public static Optional<String> parent(Headers headers) {
    return text(headers, TRACEPARENT).filter(TraceHeaders::isParent);
  }

  /** Whether a text is a trace context in W3C's form. */
  public static boolean isParent(String text) {
    return PARENT.matcher(text).matches();
  }

  /** Copies the trace headers, without doubling them. */
  public static void carry(Headers from, Headers to) {
    parent(from).ifPresent(text -> put(to, TRACEPARENT, text));
    text(from, REQUEST_TRACE)
        .flatMap(TraceHeaders::uuid)
        .ifPresent(trace -> put(to, REQUEST_TRACE, trace.toString()));
  }

  private static void put(Headers to, String name, String value) {
    to.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }
}
