package com.xxxchatnow.loyalty.redemption.calls;

import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What RRR is told of a record's way.
 *
 * @param traceparent null when the record has none
 */
record Trace(UUID id, String traceparent) {

  static Trace of(ConsumerRecord<?, ?> record) {
    return new Trace(
        TraceHeaders.requestTrace(record), TraceHeaders.parent(record.headers()).orElse(null));
  }
}
