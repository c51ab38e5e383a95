package com.xxxchatnow.loyalty.redemption;

import com.xxxchatnow.loyalty.kit.Traces;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What RRR is told of a record's way.
 *
 * @param traceparent null when the record has none
 */
record Trace(UUID id, String traceparent) {

  static Trace of(ConsumerRecord<?, ?> record) {
    return new Trace(Traces.requestTrace(record), Traces.parent(record.headers()).orElse(null));
  }
}
