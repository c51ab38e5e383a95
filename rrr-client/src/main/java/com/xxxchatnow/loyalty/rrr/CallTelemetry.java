package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What an operator sees of the calls: one line, one timing and one span a call, with the trace id
 * and no other id.
 */
final class CallTelemetry {
  private static final Logger log = LoggerFactory.getLogger(RrrClient.class);

  /** Alerts watch these: their counts begin at 0, because a rise from nothing to 1 is not seen. */
  private static final List<String> WATCHED_OPERATIONS =
      List.of("earn", "earn_batch", "quote", "commit", "reverse", "link_status", "ledger");

  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final TextMapGetter<CallOptions> PARENT =
      (call, name) -> name.equals("traceparent") ? call.traceparent() : null;

  private final MeterRegistry metrics;
  private final Tracer tracer;
  private final UnrecognizedAnswers unrecognized;

  CallTelemetry(MeterRegistry metrics, Tracer tracer) {
    this.metrics = metrics;
    this.tracer = tracer;
    unrecognized = new UnrecognizedAnswers(metrics, WATCHED_OPERATIONS, System::nanoTime);
    metrics.counter("rrr.client.outages");
    for (var operation : WATCHED_OPERATIONS)
      for (var refusal : List.of(Refusal.KEY_REUSED, Refusal.UNAUTHORIZED))
        metrics.timer("rrr.client.calls", "operation", operation, "outcome", refusal.name());
  }

  void watch(OperationHealth health, Budget budget) {
    Gauge.builder("rrr.client.circuit.state", health, OperationHealth::worstState)
        .description("The worst of all operations: 0 closed, 1 half open (one probe), 2 open")
        .strongReference(true)
        .register(metrics);
    Gauge.builder("rrr.client.budget.rate", budget, Budget::rate)
        .description("Permits per second of this instance, after its share and throttling")
        .strongReference(true)
        .register(metrics);
    Gauge.builder("rrr.client.budget.waiting", budget, Budget::waiting)
        .description("Calls waiting for a permit")
        .strongReference(true)
        .register(metrics);
  }

  void watch(String operation, Circuit circuit) {
    Gauge.builder("rrr.client.operation.circuit.state", circuit, Circuit::state)
        .tag("operation", operation)
        .description("0 closed, 1 half open (one probe), 2 open: calls of the operation wait")
        .strongReference(true)
        .register(metrics);
  }

  void outageBegins() {
    metrics.counter("rrr.client.outages").increment();
  }

  void attempt(String operation, Reply reply, Verdict<?> verdict) {
    var answer =
        switch (reply) {
          case Reply.Lost _ -> "none";
          case Reply.Answered answered when answered.status() == 401 -> "401";
          case Reply.Answered answered when answered.status() == 429 -> "429";
          case Reply.Answered answered -> answered.status() / 100 + "xx";
        };
    metrics.counter("rrr.client.attempts", "operation", operation, "answer", answer).increment();
    if (reply instanceof Reply.Answered answered
        && verdict instanceof Verdict.Unrecognized<?>(var how))
      unrecognized.saw(operation, answered.status(), how);
  }

  /** Where answers that RRR does not give are counted. */
  UnrecognizedAnswers unrecognized() {
    return unrecognized;
  }

  /** A call that gets nowhere while RRR is up: its key waits behind it. */
  void struggles(String operation, UUID trace, int attempts, String how) {
    metrics.counter("rrr.client.struggling", "operation", operation).increment();
    log.warn(
        "{} trace={} goes on after {} attempts ({}): later records of its key wait; name the trace"
            + " to RRR",
        operation,
        trace,
        attempts,
        how);
  }

  /** The call's span, below the caller's; a tracer that does nothing passes the caller's on. */
  Span begins(String operation, CallOptions call) {
    return tracer
        .spanBuilder("rrr " + operation)
        .setParent(W3C.extract(Context.root(), call, PARENT))
        .setSpanKind(SpanKind.CLIENT)
        .setAttribute("rrr.operation", operation)
        .setAttribute("rrr.request_trace", call.trace().toString())
        .startSpan();
  }

  /** Puts the span into the headers that are sent to RRR. */
  static void carry(Span span, Map<String, String> headers) {
    W3C.inject(Context.root().with(span), headers, Map::put);
  }

  void ended(String operation, UUID trace, Outcome<?> outcome, Span span, long nanos) {
    var took = Duration.ofNanos(nanos);
    var name =
        switch (outcome) {
          case Outcome.Done<?> _ -> "DONE";
          case Outcome.Refused<?> refused -> refused.why().name();
          case Outcome.Unanswered<?> _ -> "LATER";
        };
    metrics.timer("rrr.client.calls", "operation", operation, "outcome", name).record(took);
    span.setAttribute("rrr.outcome", name).setAttribute("rrr.attempts", outcome.attempts());
    if (!(outcome instanceof Outcome.Done)) span.setStatus(StatusCode.ERROR);
    write(operation, trace, outcome, took.toMillis());
  }

  /** Readable as a line; in JSON each part is a field. */
  private static void write(String operation, UUID trace, Outcome<?> outcome, long ms) {
    var line =
        log.atLevel(level(outcome))
            .addKeyValue("operation", operation)
            .addKeyValue("trace", trace)
            .addKeyValue("attempts", outcome.attempts())
            .addKeyValue("duration_ms", ms);
    var attempts = outcome.attempts();
    switch (outcome) {
      case Outcome.Done<?> _ ->
          line.addKeyValue("outcome", "DONE")
              .log("{} trace={} done attempts={} ms={}", operation, trace, attempts, ms);
      case Outcome.Unanswered<?>(var how, _, _) ->
          line.addKeyValue("outcome", "LATER")
              .addKeyValue("reason", how)
              .log("{} trace={} later ({}) attempts={} ms={}", operation, trace, how, attempts, ms);
      case Outcome.Refused<?>(var why, var code, var detail, _, _) ->
          line.addKeyValue("outcome", "REFUSED")
              .addKeyValue("reason", why)
              .log(
                  "{} trace={} refused {} {} attempts={} ms={}: {}",
                  operation,
                  trace,
                  why,
                  code,
                  attempts,
                  ms,
                  detail);
    }
  }

  /** A call that was never sent is logged at DEBUG: the outage has been logged. */
  private static Level level(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Done<?> _ -> Level.INFO;
      case Outcome.Unanswered<?> later -> later.attempts() > 0 ? Level.INFO : Level.DEBUG;
      case Outcome.Refused<?> refused ->
          switch (refused.why()) {
            case UNAUTHORIZED, KEY_REUSED -> Level.ERROR;
            case REFUSED_OTHER -> Level.WARN;
            case REFUSED_VALIDATION, REFUSED_CONFLICT, REFUSED_NOT_FOUND, QUOTE_EXPIRED ->
                Level.INFO;
          };
    };
  }
}
