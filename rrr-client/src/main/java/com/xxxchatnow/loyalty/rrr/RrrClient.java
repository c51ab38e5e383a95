package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.Committed;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnItemResult;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.rrr.api.LinkConfirmRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkConfirmed;
import com.xxxchatnow.loyalty.rrr.api.LinkIntent;
import com.xxxchatnow.loyalty.rrr.api.LinkIntentRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Quote;
import com.xxxchatnow.loyalty.rrr.api.QuoteRequest;
import com.xxxchatnow.loyalty.rrr.api.ReverseRequest;
import com.xxxchatnow.loyalty.rrr.api.Reversed;
import com.xxxchatnow.loyalty.rrr.api.Wallet;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * RRR's API: each call blocks its (virtual) thread until RRR gives a definite answer or the call's
 * deadline passes, and is free at once when interrupted. Thread-safe; order is the caller's.
 *
 * <p>A mutation is repeated with the same bytes under the same key. Whoever interrupts a call knows
 * nothing of its outcome and has to make the same call again.
 */
public final class RrrClient implements AutoCloseable {
  private final RrrClientConfig config;
  private final Operations operations;
  private final Transport transport;
  private final Circuit circuit;
  private final CallTelemetry observer;
  private final CallExecutor attempts;

  /**
   * @param budget what all calls of this instance pay from
   * @param clock for deadlines, expiry of token and quote, and {@code Retry-After} dates
   */
  public RrrClient(RrrClientConfig config, Budget budget, Clock clock, MeterRegistry metrics) {
    this(config, budget, clock, metrics, TracerProvider.noop().get("rrr-client"));
  }

  /**
   * @param tracer makes a span of each call, below the one that {@link CallOptions#traceparent}
   *     names
   */
  public RrrClient(
      RrrClientConfig config, Budget budget, Clock clock, MeterRegistry metrics, Tracer tracer) {
    this.config = config;
    operations = new Operations(config);
    transport = new Transport(config);
    observer = new CallTelemetry(metrics, tracer);
    circuit = new Circuit(config.circuit(), observer::outageBegins);
    observer.watch(circuit, budget);
    var token = new TokenSource(config, transport, budget, clock, metrics);
    attempts = new CallExecutor(config, clock, budget, circuit, token, transport, observer);
  }

  /** POST /v1/points/earn. */
  public Outcome<Earned> earn(EarnRequest request, CallOptions call) throws InterruptedException {
    return run(operations.earn(request, call.idempotencyKey()), call);
  }

  /**
   * POST /v1/points/earn/batch, with the decision of the contract. The batch's key is made of its
   * items' keys; {@link CallOptions#idempotencyKey} is not used. Refused means the request as a
   * whole: send its items singly.
   */
  public Outcome<List<EarnItemResult>> earnBatch(List<EarnItem> items, CallOptions call)
      throws InterruptedException {
    return run(operations.earnBatch(items), call);
  }

  /** GET /v1/links/status. */
  public Outcome<LinkStatus> linkStatus(String clientUserId, CallOptions call)
      throws InterruptedException {
    return run(operations.linkStatus(clientUserId), call);
  }

  /** POST /v1/links/intents. */
  public Outcome<LinkIntent> linkIntent(LinkIntentRequest request, CallOptions call)
      throws InterruptedException {
    return run(operations.linkIntent(request, call.idempotencyKey()), call);
  }

  /** POST /v1/links/confirm. */
  public Outcome<LinkConfirmed> linkConfirm(LinkConfirmRequest request, CallOptions call)
      throws InterruptedException {
    return run(operations.linkConfirm(request, call.idempotencyKey()), call);
  }

  /** GET /v1/members/{rrr_member_id}/wallet. */
  public Outcome<Wallet> wallet(String memberId, CallOptions call) throws InterruptedException {
    return run(operations.wallet(memberId), call);
  }

  /**
   * GET /v1/members/{rrr_member_id}/ledger; 120 days are fast, 7 years are kept.
   *
   * @param type null for all
   */
  public Outcome<List<LedgerEntry>> ledger(
      String memberId, Instant from, Instant to, LedgerEntry.Type type, CallOptions call)
      throws InterruptedException {
    return run(operations.ledger(memberId, from, to, type), call);
  }

  /** POST /v1/redemptions/quote. */
  public Outcome<Quote> quote(QuoteRequest request, CallOptions call) throws InterruptedException {
    return run(operations.quote(request, call.idempotencyKey()), call);
  }

  /** POST /v1/redemptions/commit. */
  public Outcome<Committed> commit(CommitRequest request, CallOptions call)
      throws InterruptedException {
    return run(operations.commit(request, call.idempotencyKey()), call);
  }

  /** POST /v1/redemptions/reverse; REFUSED_NOT_FOUND: nothing was burned. */
  public Outcome<Reversed> reverse(ReverseRequest request, CallOptions call)
      throws InterruptedException {
    return run(operations.reverse(request, call.idempotencyKey()), call);
  }

  /** Why RRR counts as down while calls wait, or empty. */
  public Optional<String> outage() {
    return circuit.outage();
  }

  /** Interrupt the callers first: a call under way would meet a closed pool. */
  @Override
  public void close() {
    transport.close();
  }

  private <T> Outcome<T> run(Operation<T> operation, CallOptions call) throws InterruptedException {
    var start = System.nanoTime();
    var span = observer.begins(operation.name(), call);
    try {
      var outcome = attempts.of(operation, request(operation, call, span), call);
      observer.ended(operation.name(), call.trace(), outcome, span, System.nanoTime() - start);
      return outcome;
    } finally {
      span.end();
    }
  }

  /** The headers of the contract. */
  private Request request(Operation<?> operation, CallOptions call, Span span) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Client-Id", config.clientId());
    headers.put("X-Request-Trace", call.trace().toString());
    if (operation.key() != null) headers.put("Idempotency-Key", operation.key());
    CallTelemetry.carry(span, headers);
    return new Request(
        operation.method(), operation.path(), headers, operation.body(), operation.largestAnswer());
  }
}
