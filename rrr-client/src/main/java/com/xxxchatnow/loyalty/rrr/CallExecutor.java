package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Repeats a call until RRR gives a definite answer: same bytes, same key, each attempt paid from
 * the budget, none made while RRR is down for the operation.
 */
final class CallExecutor {
  private static final int MAX_DOUBLINGS = 30;

  /** Failures after which a call is reported as one that gets nowhere. */
  private static final int STRUGGLES = 8;

  private final RrrClientConfig config;
  private final Clock clock;
  private final Budget budget;
  private final OperationHealth health;
  private final TokenSource tokens;
  private final Transport transport;
  private final CallTelemetry telemetry;
  private final IntervalFunction pauses;

  CallExecutor(
      RrrClientConfig config,
      Clock clock,
      Budget budget,
      OperationHealth health,
      TokenSource tokens,
      Transport transport,
      CallTelemetry telemetry) {
    this.config = config;
    this.clock = clock;
    this.budget = budget;
    this.health = health;
    this.tokens = tokens;
    this.transport = transport;
    this.telemetry = telemetry;
    this.pauses = config.limits().pauses();
  }

  <T> Outcome<T> of(Operation<T> operation, Request request, CallOptions call)
      throws InterruptedException {
    try (var run = new Run<>(operation, request, call)) {
      return run.untilDefinite();
    }
  }

  /** One call under way. */
  private final class Run<T> implements AutoCloseable {
    private final Operation<T> operation;
    private final Request request;
    private final CallOptions call;
    private final Deadline deadline;
    private final Circuit circuit;
    private final PoisonCallDetector.Evidence evidence;
    private int attempts;
    private int failures;
    private long waitedNanos;
    private boolean freshToken;
    private boolean cutShort;
    private boolean struggleReported;
    private String how = "not sent";

    Run(Operation<T> operation, Request request, CallOptions call) {
      this.operation = operation;
      this.request = request;
      this.call = call;
      this.deadline = Deadline.of(call.deadline(), clock);
      var known = health.of(operation.name());
      this.circuit = known.circuit();
      this.evidence = known.poison().evidence();
    }

    Outcome<T> untilDefinite() throws InterruptedException {
      while (true) {
        var permit = circuit.enter(deadline);
        if (permit.isEmpty()) return new Outcome.Unanswered<>(how, attempts, waited());
        var outcome = attempt(permit.get());
        if (outcome.isPresent()) return outcome.get();
      }
    }

    /** One attempt with all it needs; a permit that ends in no result is given back. */
    private Optional<Outcome<T>> attempt(Circuit.Permit permit) throws InterruptedException {
      try {
        var got = tokens.get(deadline);
        if (got instanceof TokenSource.Got.Failed failed) return noToken(permit, failed);
        if (!(got instanceof TokenSource.Got.Granted(var token))) return tooLateForToken();
        if (!budget.acquire(call.priority(), deadline.left())) return Optional.empty();
        // RRR went down, or the deadline passed, while the call queued: an attempt would be wasted.
        if (!circuit.stands(permit) || deadline.passed()) return Optional.empty();
        return judge(permit, send(token), token);
      } finally {
        circuit.unused(permit);
      }
    }

    private Verdict<T> send(String token) throws InterruptedException {
      var start = System.nanoTime();
      var reply = transport.send(request, token, limit());
      waitedNanos += System.nanoTime() - start;
      attempts++;
      var verdict = Verdict.of(reply, operation, clock.instant());
      telemetry.attempt(operation.name(), reply, verdict);
      return verdict;
    }

    private Optional<Outcome<T>> judge(Circuit.Permit permit, Verdict<T> verdict, String token)
        throws InterruptedException {
      if (!(verdict instanceof Verdict.Unauthenticated<T>)) freshToken = false;
      return switch (verdict) {
        case Verdict.Done<T>(var value) -> {
          circuit.succeeded(permit);
          evidence.succeeded();
          yield Optional.of(new Outcome.Done<>(value, attempts, waited()));
        }
        case Verdict.Refused<T>(var why, var code, var detail) -> {
          circuit.succeeded(permit);
          yield Optional.of(new Outcome.Refused<>(why, code, detail, attempts, waited()));
        }
        case Verdict.Throttled<T>(var after) -> throttled(permit, after);
        case Verdict.Unauthenticated<T>() -> unauthenticated(permit, token);
        case Verdict.Again<T> again -> again(permit, again);
        case Verdict.Unrecognized<T>(var what) ->
            again(permit, new Verdict.Again<>(what, true, null));
      };
    }

    /** RRR works: no failure for the circuit; the budget makes everybody slower. */
    private Optional<Outcome<T>> throttled(Circuit.Permit permit, Duration after)
        throws InterruptedException {
      circuit.succeeded(permit);
      how = "answered 429";
      budget.throttled(config.limits().believed(after));
      if (after == null) rest(Duration.ZERO);
      return Optional.empty();
    }

    /** The first 401 in a row costs a new token, the next one counts like an outage. */
    private Optional<Outcome<T>> unauthenticated(Circuit.Permit permit, String token)
        throws InterruptedException {
      tokens.rejected(token);
      how = "answered 401";
      if (freshToken) failed(permit, "answered 401 to a fresh token", Duration.ZERO);
      freshToken = true;
      return Optional.empty();
    }

    private Optional<Outcome<T>> noToken(Circuit.Permit permit, TokenSource.Got.Failed failed)
        throws InterruptedException {
      failed(permit, failed.how(), failed.after());
      return Optional.empty();
    }

    private Optional<Outcome<T>> tooLateForToken() {
      how = "no token in time";
      return Optional.empty();
    }

    private Optional<Outcome<T>> again(Circuit.Permit permit, Verdict.Again<T> again)
        throws InterruptedException {
      if (!again.answered()) evidence.silent();
      else if (evidence.failing(System.nanoTime())) return Optional.of(poisonous(permit, again));
      if (cutShort && !again.answered()) how = again.how();
      else failed(permit, again.how(), config.limits().believed(again.after()));
      return Optional.empty();
    }

    private Outcome<T> poisonous(Circuit.Permit permit, Verdict.Again<T> again) {
      circuit.failed(permit, again.how());
      var detail =
          "%s %d times while %d other calls succeeded"
              .formatted(again.how(), evidence.strikes(), evidence.others());
      return new Outcome.Refused<>(
          Refusal.REFUSED_OTHER, "KEEPS_FAILING", detail, attempts, waited());
    }

    private void failed(Circuit.Permit permit, String why, Duration atLeast)
        throws InterruptedException {
      how = why;
      circuit.failed(permit, why);
      rest(atLeast);
      if (failures < STRUGGLES || struggleReported || circuit.outage().isPresent()) return;
      struggleReported = true;
      telemetry.struggles(operation.name(), call.trace(), attempts, why);
    }

    private void rest(Duration atLeast) throws InterruptedException {
      var pause = Duration.ofMillis(pauses.apply(Math.min(++failures, MAX_DOUBLINGS)));
      circuit.rest(pause.compareTo(atLeast) < 0 ? atLeast : pause, deadline);
    }

    /** Near the deadline an attempt is cut short; its silence then proves nothing about RRR. */
    private long limit() {
      var full = config.limits().attempt().toNanos();
      var limit = Math.max(1, deadline.left(config.limits().attempt()));
      cutShort = limit < full / 4;
      return limit;
    }

    private Duration waited() {
      return Duration.ofNanos(waitedNanos);
    }

    @Override
    public void close() {
      evidence.close();
    }
  }
}
