package com.xxxchatnow.loyalty.redemption.calls;

import com.xxxchatnow.loyalty.events.CallOutcome;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.events.RedemptionReply;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.registry.RegistryRetry;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.kit.worker.Delivery;
import com.xxxchatnow.loyalty.kit.worker.Worker;
import com.xxxchatnow.loyalty.redemption.stream.SagaMetrics;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Makes the calls that the saga asked for and answers each with one reply, but for a quote that RRR
 * did not answer in time. The worker around it keeps the order of an order's calls and repeats what
 * a crash left undecided, under the same key.
 */
public final class RedemptionCallHandler implements Worker.Handler {
  private final String service;
  private final RedemptionGateway redeeming;
  private final Deserializer<SpecificRecord> calls;
  private final Serializer<RedemptionReply> replies;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final RegistryRetry registry = new RegistryRetry();

  public RedemptionCallHandler(
      String service,
      RedemptionGateway redeeming,
      AvroSerdes serdes,
      Clock clock,
      MeterRegistry metrics) {
    this.service = service;
    this.metrics = metrics;
    this.redeeming = redeeming;
    this.calls = serdes.deserializer();
    this.replies = serdes.serializer();
    this.clock = clock;
  }

  @Override
  public List<ProducerRecord<byte[], byte[]>> handle(Delivery delivery)
      throws InterruptedException {
    var record = delivery.record();
    if (record.key() == null || record.value() == null)
      return List.of(deadLetter(record, Reason.INVALID, "no key or no value"));
    SpecificRecord value;
    try {
      value = registry.call(() -> calls.deserialize(record.topic(), record.value()));
    } catch (RuntimeException unreadable) {
      var why = RegistryFaults.describe(record.value(), unreadable);
      return List.of(deadLetter(record, Reason.UNREADABLE, why));
    }
    if (!(value instanceof RedemptionCall call))
      return List.of(deadLetter(record, Reason.INVALID, "a record of another topic"));
    var fault = fault(record, call);
    if (fault != null) return List.of(deadLetter(record, Reason.INVALID, fault));
    var reply = redeeming.answer(call, Trace.of(record));
    // Too late: the saga keeps the deadline itself, and a thousand such replies would delay it.
    return reply.getOutcome() == CallOutcome.UNANSWERED ? List.of() : List.of(reply(record, reply));
  }

  private static String fault(ConsumerRecord<byte[], byte[]> record, RedemptionCall call) {
    if (!call.getOrderId().equals(new String(record.key(), StandardCharsets.UTF_8)))
      return "the key is not the order_id";
    return RedemptionGateway.fault(call);
  }

  private ProducerRecord<byte[], byte[]> reply(
      ConsumerRecord<byte[], byte[]> call, RedemptionReply reply) throws InterruptedException {
    var topic = Topics.REDEMPTION_REPLIES.name();
    var value = registry.call(() -> replies.serialize(topic, reply));
    var record = new ProducerRecord<>(topic, null, call.key(), value);
    TraceHeaders.carry(call.headers(), record.headers());
    return record;
  }

  private ProducerRecord<byte[], byte[]> deadLetter(
      ConsumerRecord<byte[], byte[]> record, Reason reason, String detail) {
    SagaMetrics.deadLettered(metrics, record.topic(), reason);
    return new DeadLetter(record, reason, detail, 0, null).record(service, clock);
  }
}
