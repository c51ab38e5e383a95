package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.Priority;
import io.github.resilience4j.core.IntervalFunction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RRR's access token (docs/rrr-contract.md#oauth). Refreshed ahead of its expiry by min(5 min, 20 %
 * of its lifetime) while calls go on with the old one; one refresh at a time however many callers
 * wait. A 429 makes the refresh itself wait, so that nobody counts it as an outage.
 *
 * <p>Credentials that RRR refuses are an outage of the service, not a fault of a purchase: logged
 * once as an error and counted, while calls wait until they work again.
 */
final class TokenSource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TokenSource.class);
  private static final Duration AHEAD = Duration.ofMinutes(5);
  private static final int MAX_DOUBLINGS = 30;

  private final RrrClientConfig.Limits limits;
  private final TokenEndpoint endpoint;
  private final Budget budget;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final IntervalFunction pauses;
  private final ReentrantLock lock = new ReentrantLock();
  private Valid valid = Valid.NONE;
  private CompletableFuture<Got> refreshing;
  private Thread refresher;
  private Instant notBefore = Instant.MIN;
  private boolean refusalLogged;

  private record Valid(String token, Instant refreshAt, Instant expiresAt) {
    static final Valid NONE = new Valid("", Instant.MIN, Instant.MIN);
  }

  /** The result of asking for a token. */
  sealed interface Got {
    record Granted(String token) implements Got {}

    /**
     * @param how without secrets
     * @param after not again before this
     */
    record Failed(String how, Duration after) implements Got {}

    /** The caller's deadline passed first. */
    record TooLate() implements Got {}
  }

  TokenSource(
      RrrClientConfig.Limits limits,
      TokenEndpoint endpoint,
      Budget budget,
      Clock clock,
      MeterRegistry metrics) {
    this.limits = limits;
    this.endpoint = endpoint;
    this.budget = budget;
    this.clock = clock;
    this.metrics = metrics;
    pauses = limits.pauses();
    for (var outcome : List.of("granted", "refused", "failed")) refreshes(outcome);
  }

  /** A token that is valid now; waits for the refresh under way when there is none. */
  Got get(Deadline deadline) throws InterruptedException {
    CompletableFuture<Got> coming;
    lock.lockInterruptibly();
    try {
      var now = clock.instant();
      var usable = now.isBefore(valid.expiresAt());
      if (refreshing == null && !now.isBefore(valid.refreshAt()) && !(usable && resting(now)))
        refresh();
      if (usable) return new Got.Granted(valid.token());
      coming = refreshing;
    } finally {
      lock.unlock();
    }
    try {
      return coming.get(deadline.left(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Got.TooLate();
    } catch (ExecutionException e) {
      throw new IllegalStateException("refreshing the token failed unexpectedly", e.getCause());
    }
  }

  /** RRR answered 401 to this token: it is not used again. */
  void rejected(String token) {
    lock.lock();
    try {
      if (valid.token().equals(token)) valid = Valid.NONE;
    } finally {
      lock.unlock();
    }
  }

  /** A refresh ahead of time that failed is not tried again at once. */
  private boolean resting(Instant now) {
    return now.isBefore(notBefore);
  }

  private void refresh() {
    var coming = new CompletableFuture<Got>();
    refreshing = coming;
    refresher =
        Thread.ofVirtual()
            .name("rrr-token")
            .start(() -> {
              try {
                coming.complete(finish(fetch()));
              } catch (InterruptedException | RuntimeException e) {
                finish(failed(e.getClass().getSimpleName(), null));
                coming.completeExceptionally(e);
              }
            });
  }

  /** Ends the refresh for callers that come from now on. */
  private Got finish(Got got) {
    lock.lock();
    try {
      refreshing = null;
      if (got instanceof Got.Failed) notBefore = clock.instant().plus(limits.maxPause());
      return got;
    } finally {
      lock.unlock();
    }
  }

  private Got fetch() throws InterruptedException {
    for (var attempt = 1; ; attempt++) {
      budget.acquire(Priority.HIGH);
      switch (endpoint.ask()) {
        case TokenEndpoint.Answer.Granted granted -> {
          return keep(granted);
        }
        case TokenEndpoint.Answer.Refused(var status) -> {
          return refused(status);
        }
        case TokenEndpoint.Answer.Unknown(var how, var after) -> {
          return failed(how, after);
        }
        case TokenEndpoint.Answer.Throttled(var after) -> throttled(after, attempt);
      }
    }
  }

  /** Calls that have a token go on, more slowly: RRR's limit counts the token's requests too. */
  private void throttled(Duration after, int attempt) throws InterruptedException {
    refreshes("failed").increment();
    budget.throttled(null);
    var pause = Duration.ofMillis(pauses.apply(Math.min(attempt, MAX_DOUBLINGS)));
    Thread.sleep(after == null ? pause : limits.believed(after));
  }

  private Got keep(TokenEndpoint.Answer.Granted granted) {
    var fifth = granted.lifetime().dividedBy(5);
    var ahead = fifth.compareTo(AHEAD) < 0 ? fifth : AHEAD;
    var expiresAt = granted.asked().plus(granted.lifetime());
    lock.lock();
    try {
      valid = new Valid(granted.token(), expiresAt.minus(ahead), expiresAt);
      if (refusalLogged) log.info("RRR accepts the client's credentials again");
      refusalLogged = false;
    } finally {
      lock.unlock();
    }
    refreshes("granted").increment();
    return new Got.Granted(granted.token());
  }

  private Got failed(String how, Duration after) {
    refreshes("failed").increment();
    log.debug("no token: {}", how);
    return new Got.Failed("token: " + how, limits.believed(after));
  }

  private Got refused(int status) {
    refreshes("refused").increment();
    lock.lock();
    try {
      if (!refusalLogged)
        log.error(
            "RRR refuses the client's credentials (token answered {}): calls wait until they are"
                + " right. Check RRR_CLIENT_ID and RRR_CLIENT_SECRET",
            status);
      refusalLogged = true;
    } finally {
      lock.unlock();
    }
    return new Got.Failed("token: credentials refused, answered " + status, Duration.ZERO);
  }

  private Counter refreshes(String outcome) {
    return metrics.counter("rrr.client.token.refreshes", "outcome", outcome);
  }

  /** Ends a refresh under way. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (refresher != null) refresher.interrupt();
    } finally {
      lock.unlock();
    }
  }
}
