package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The headers of what follows from a record or a deadline: its trace, and nothing else. */
final class StepHeaders {
  private StepHeaders() {}

  /** Of what follows from a deadline: the trace that led to the state which waits. */
  static Headers of(Redemption waiting) {
    var headers = new RecordHeaders();
    if (waiting.traceparent() != null)
      headers.add(TraceHeaders.TRACEPARENT, waiting.traceparent().getBytes(StandardCharsets.UTF_8));
    return headers;
  }

  static Headers of(ConsumerRecord<byte[], byte[]> source) {
    var headers = new RecordHeaders();
    TraceHeaders.carry(source.headers(), headers);
    headers.remove(TraceHeaders.REQUEST_TRACE);
    var trace = TraceHeaders.requestTrace(source).toString().getBytes(StandardCharsets.UTF_8);
    return headers.add(TraceHeaders.REQUEST_TRACE, trace);
  }
}
