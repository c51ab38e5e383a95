package com.xxxchatnow.loyalty.rrr;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator sees of the calls: one line and one timing a call, with the trace id and no
 * other id.
 */
final class Observer {
  private static final Logger log = LoggerFactory.getLogger(RrrClient.class);

  /** Alerts watch these: their counts begin at 0, because nobody sees a rise from nothing to 1. */
  private static final List<String> ALARMING_OPERATIONS =
      List.of("earn", "earn_batch", "quote", "commit", "reverse", "link_status");

  private final MeterRegistry metrics;

  Observer(MeterRegistry metrics) {
    this.metrics = metrics;
    metrics.counter("rrr.client.outages");
    for (var operation : ALARMING_OPERATIONS)
      for (var refusal : List.of(Refusal.KEY_REUSED, Refusal.UNAUTHORIZED))
        metrics.timer("rrr.client.calls", "operation", operation, "outcome", refusal.name());
  }

  void watch(Circuit circuit, Budget budget) {
    Gauge.builder("rrr.client.circuit.state", circuit, Circuit::state)
        .description("0 closed, 1 half open (one probe), 2 open: RRR is down, calls wait")
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

  void outageBegins() {
    metrics.counter("rrr.client.outages").increment();
  }

  void attempt(String operation, Reply reply) {
    var answer =
        switch (reply) {
          case Reply.Lost lost -> "none";
          case Reply.Answered(var status, var body, var after) when status == 401 -> "401";
          case Reply.Answered(var status, var body, var after) when status == 429 -> "429";
          case Reply.Answered(var status, var body, var after) -> status / 100 + "xx";
        };
    metrics.counter("rrr.client.attempts", "operation", operation, "answer", answer).increment();
  }

  /** A call that gets nowhere while RRR is up: its key waits behind it. */
  void struggles(String operation, UUID trace, int attempts, String how) {
    metrics.counter("rrr.client.struggling", "operation", operation).increment();
    log.warn("{} trace={} goes on after {} attempts ({})", operation, trace, attempts, how);
  }

  void ended(String operation, UUID trace, Outcome<?> outcome, long nanos) {
    var took = Duration.ofNanos(nanos);
    var name =
        switch (outcome) {
          case Outcome.Done<?> done -> "DONE";
          case Outcome.Refused<?> refused -> refused.why().name();
          case Outcome.Later<?> later -> "LATER";
        };
    metrics.timer("rrr.client.calls", "operation", operation, "outcome", name).record(took);
    say(operation, trace, outcome, took.toMillis());
  }

  private static void say(String operation, UUID trace, Outcome<?> outcome, long ms) {
    var attempts = outcome.attempts();
    switch (outcome) {
      case Outcome.Done<?> done ->
          log.debug("{} trace={} done attempts={} ms={}", operation, trace, attempts, ms);
      case Outcome.Later<?>(var how, var a, var w) ->
          log.debug(
              "{} trace={} later ({}) attempts={} ms={}", operation, trace, how, attempts, ms);
      case Outcome.Refused<?>(var why, var code, var detail, var a, var w) ->
          log.atLevel(
                  switch (why) {
                    case UNAUTHORIZED, KEY_REUSED -> org.slf4j.event.Level.ERROR;
                    case REFUSED_OTHER -> org.slf4j.event.Level.WARN;
                    case REFUSED_VALIDATION, REFUSED_CONFLICT, REFUSED_NOT_FOUND, QUOTE_EXPIRED ->
                        org.slf4j.event.Level.INFO;
                  })
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
}
