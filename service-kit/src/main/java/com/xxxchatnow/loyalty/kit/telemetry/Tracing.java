package com.xxxchatnow.loyalty.kit.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans of what is done for a record, named as OpenTelemetry names messaging, each below the one
 * that the record's {@code traceparent} names. Off unless there is an OTLP endpoint: then nothing
 * of OpenTelemetry's SDK is loaded, and the headers go on as they came. No attribute holds a key,
 * an id or a value of a record.
 */
public final class Tracing implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tracing.class);
  private static final String NAME = "com.xxxchatnow.loyalty";
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  /** Nothing but the parent: a tracestate is a stranger's text. */
  private static final TextMapGetter<Headers> HEADERS =
      (headers, name) ->
          name.equals(TraceHeaders.TRACEPARENT)
              ? TraceHeaders.text(headers, name).orElse(null)
              : null;

  /** Null: off. */
  private final Otlp otlp;

  private Tracing(Otlp otlp) {
    this.otlp = otlp;
  }

  public static Tracing off() {
    return new Tracing(null);
  }

  /**
   * @param endpoint of a collector; {@code /v1/traces} is appended
   */
  public static Tracing to(URI endpoint, String service, String version) {
    return new Tracing(new Otlp(endpoint, service, version));
  }

  /** For a part that makes its own spans; when off it makes none and hands its parent on. */
  public Tracer tracer() {
    return otlp == null ? TracerProvider.noop().get(NAME) : otlp.tracer;
  }

  /** False when no collector is set: nothing makes a span then. */
  public boolean on() {
    return otlp != null;
  }

  /** A record of this topic is worked on. */
  public Step received(String topic, Headers headers) {
    return step("process " + topic, SpanKind.CONSUMER, headers)
        .with("messaging.system", "kafka")
        .with("messaging.operation.type", "process")
        .with("messaging.destination.name", topic);
  }

  /** Something is done below what the headers name. */
  public Step step(String name, SpanKind kind, Headers headers) {
    if (otlp == null) return Step.NONE;
    var parent = W3C.extract(Context.root(), headers, HEADERS);
    return new Step(
        otlp.tracer, otlp.tracer.spanBuilder(name).setParent(parent).setSpanKind(kind).startSpan());
  }

  /** Sends what is left, for five seconds at most. */
  @Override
  public void close() {
    if (otlp != null) otlp.provider.shutdown().join(5, TimeUnit.SECONDS);
  }

  /** A span under way; ends when it is closed. */
  public static final class Step implements AutoCloseable {
    private static final Step NONE = new Step(null, Span.getInvalid());

    private final Tracer tracer;
    private final Span span;

    private Step(Tracer tracer, Span span) {
      this.tracer = tracer;
      this.span = span;
    }

    /** The value must not be one of a record. */
    public Step with(String attribute, String value) {
      span.setAttribute(attribute, value);
      return this;
    }

    /** Makes it the parent of what these headers go with; when off they stay as they are. */
    public void to(Headers headers) {
      inject(span, headers);
    }

    /** By the kind alone: a message may quote the record. */
    public void failed(Throwable failure) {
      span.setStatus(StatusCode.ERROR).setAttribute("error.type", failure.getClass().getName());
    }

    @Override
    public void close() {
      span.end();
    }

    /** The record as the handler sees it. */
    public ConsumerRecord<byte[], byte[]> parentOf(ConsumerRecord<byte[], byte[]> record) {
      var headers = new RecordHeaders(record.headers().toArray());
      to(headers);
      return new ConsumerRecord<>(
          record.topic(),
          record.partition(),
          record.offset(),
          record.timestamp(),
          record.timestampType(),
          record.serializedKeySize(),
          record.serializedValueSize(),
          record.key(),
          record.value(),
          headers,
          record.leaderEpoch());
    }

    /** It is sent with others in a transaction: the span says that, not how long it takes. */
    public void produces(ProducerRecord<byte[], byte[]> record) {
      var send =
          tracer
              .spanBuilder("send " + record.topic())
              .setParent(Context.root().with(span))
              .setSpanKind(SpanKind.PRODUCER)
              .setAttribute("messaging.system", "kafka")
              .setAttribute("messaging.operation.type", "send")
              .setAttribute("messaging.destination.name", record.topic())
              .startSpan();
      inject(send, record.headers());
      send.end();
    }

    private static void inject(Span span, Headers headers) {
      W3C.inject(
          Context.root().with(span),
          headers,
          (to, name, value) -> to.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** All that needs the SDK, so that nothing of it is loaded without an endpoint. */
  private static final class Otlp {
    private static final Duration DELAY = Duration.ofSeconds(1);

    /** Says by itself, and elsewhere, what {@link Told} says once; kept, so that it stays off. */
    private static final java.util.logging.Logger ITS_OWN =
        java.util.logging.Logger.getLogger("io.opentelemetry");

    final SdkTracerProvider provider;
    final Tracer tracer;

    Otlp(URI endpoint, String service, String version) {
      ITS_OWN.setLevel(Level.OFF);
      var exporter = OtlpHttpSpanExporter.builder().setEndpoint(endpoint + "/v1/traces").build();
      var name =
          Attributes.of(
              AttributeKey.stringKey("service.name"), service,
              AttributeKey.stringKey("service.version"), version);
      provider =
          SdkTracerProvider.builder()
              .setResource(Resource.getDefault().merge(Resource.create(name)))
              .addSpanProcessor(
                  BatchSpanProcessor.builder(new Told(exporter, new AtomicBoolean()))
                      .setScheduleDelay(DELAY)
                      .build())
              .build();
      tracer = provider.get(NAME);
      log.info("{} sends traces to {}", service, endpoint);
    }
  }

  /** An exporter that says once when spans are lost, and once when they no longer are. */
  private record Told(SpanExporter exporter, AtomicBoolean failing) implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      var result = exporter.export(spans);
      return result.whenComplete(() -> {
        if (failing.getAndSet(!result.isSuccess()) == result.isSuccess())
          if (result.isSuccess()) log.info("traces are taken again");
          else log.warn("traces are lost: the collector does not take them");
      });
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }
  }
}
