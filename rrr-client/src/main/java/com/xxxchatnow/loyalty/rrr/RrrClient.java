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
 * deadline passes, and returns at once when interrupted. Thread-safe; the caller keeps the order.
 *
 * <p>A mutation is repeated with the same bytes under the same key. After an interrupt the outcome
 * is unknown, and the same call has to be made again.
 */
public final class RrrClient implements AutoCloseable {
  private final RrrClientConfig config;
  private final Operations operations;
  private final EarnOperations earns;
  private final Transport transport;
  private final TokenSource tokens;
  private final OperationHealth health;
  private final CallTelemetry telemetry;
  private final CallExecutor executor;

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
    earns = new EarnOperations(config);
    transport = new Transport(config);
    telemetry = new CallTelemetry(metrics, tracer);
    health = new OperationHealth(config, telemetry);
    telemetry.watch(health, budget);
    var endpoint = new TokenEndpoint(config, transport, clock, telemetry.unrecognized());
    tokens = new TokenSource(config.limits(), endpoint, budget, clock, metrics);
    executor = new CallExecutor(config, clock, budget, health, tokens, transport, telemetry);
  }

  /** POST /v1/points/earn. */
  public Outcome<Earned> earn(EarnRequest request, CallOptions call) throws InterruptedException {
    return run(earns.earn(request, call.idempotencyKey(), call.keyFormat()), call);
  }

  /** The first round of {@link #earnBatch(List, int, CallOptions)}. */
  public Outcome<List<EarnItemResult>> earnBatch(List<EarnItem> items, CallOptions call)
      throws InterruptedException {
    return earnBatch(items, 1, call);
  }

  /**
   * POST /v1/points/earn/batch, see docs/rrr-contract.md#earn-batch. RRR knows an item by its key
   * in every batch and on no other endpoint, so an item that a batch left open is asked about again
   * in a batch of one, never by {@link #earn}. It is open after {@link Outcome.Unanswered} (the
   * batch's {@link CallOptions#deadline} passed), after {@link Outcome.Refused} (the request as a
   * whole) and as {@link EarnItemResult.Undecided}.
   *
   * @param round 1; for the same items again after an {@link EarnItemResult.Undecided} one more
   *     than before, because RRR gives the same answer to the same batch. The batch's own key is
   *     made of this and its items' keys; {@link CallOptions#idempotencyKey} is not used
   */
  public Outcome<List<EarnItemResult>> earnBatch(List<EarnItem> items, int round, CallOptions call)
      throws InterruptedException {
    return run(earns.earnBatch(items, round), call);
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

  /** The operations that RRR counts as down for, each with the reason; or empty. */
  public Optional<String> outage() {
    return health.outage();
  }

  /** Interrupt the callers first: a call under way would find its connections closed. */
  @Override
  public void close() {
    tokens.close();
    transport.close();
  }

  private <T> Outcome<T> run(Operation<T> operation, CallOptions call) throws InterruptedException {
    var start = System.nanoTime();
    var span = telemetry.begins(operation.name(), call);
    try {
      var outcome = executor.of(operation, request(operation, call, span), call);
      telemetry.ended(operation.name(), call.trace(), outcome, span, System.nanoTime() - start);
      return outcome;
    } finally {
      span.end();
    }
  }

  /** With the headers of docs/rrr-contract.md#transport. */
  private Request request(Operation<?> operation, CallOptions call, Span span) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Client-Id", config.clientId());
    headers.put("X-Request-Trace", call.trace().toString());
    if (operation.key() != null) headers.put("Idempotency-Key", operation.key());
    CallTelemetry.carry(span, headers);
    return new Request(
        operation.method(),
        operation.path(),
        headers,
        operation.body(),
        operation.maxAnswerBytes());
  }
}
