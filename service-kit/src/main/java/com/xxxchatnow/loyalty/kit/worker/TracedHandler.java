package com.xxxchatnow.loyalty.kit.worker;

import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A handler whose records, and the records it produces, each have a span. */
public final class TracedHandler implements Worker.Handler {
  private final Tracing tracing;
  private final String group;
  private final Worker.Handler handler;

  private TracedHandler(Tracing tracing, String group, Worker.Handler handler) {
    this.tracing = tracing;
    this.group = group;
    this.handler = handler;
  }

  /** The handler itself while no traces are collected. */
  public static Worker.Handler of(Tracing tracing, String group, Worker.Handler handler) {
    return tracing.on() ? new TracedHandler(tracing, group, handler) : handler;
  }

  @Override
  public List<ProducerRecord<byte[], byte[]>> handle(Delivery delivery)
      throws InterruptedException {
    var record = delivery.record();
    try (var step = tracing.received(record.topic(), record.headers())) {
      step.with("messaging.consumer.group.name", group)
          .with("messaging.destination.partition.id", Integer.toString(record.partition()))
          .with("messaging.kafka.offset", Long.toString(record.offset()));
      return traced(delivery, step);
    }
  }

  private List<ProducerRecord<byte[], byte[]>> traced(Delivery delivery, Tracing.Step step)
      throws InterruptedException {
    try {
      var produced =
          handler.handle(new Delivery(step.parentOf(delivery.record()), delivery.maybeAttempted()));
      produced.forEach(step::produces);
      return produced;
    } catch (InterruptedException | RuntimeException | Error failure) {
      step.failed(failure);
      throw failure;
    }
  }
}
