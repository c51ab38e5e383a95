package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.Priority;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RRR's access token (contract: Transport, OAuth). Refreshed ahead of its expiry by min(5 min, 20 %
 * of its lifetime) while calls go on with the old one; one refresh at a time however many callers
 * wait.
 *
 * <p>Credentials that RRR refuses are an outage of the service, not a fault of a purchase: said
 * once as an error and counted, while calls wait until they work again.
 */
final class TokenSource {
  private static final Logger log = LoggerFactory.getLogger(TokenSource.class);
  private static final Duration AHEAD = Duration.ofMinutes(5);
  private static final int LARGEST = 64 << 10;

  private final RrrClientConfig config;
  private final Transport transport;
  private final Budget budget;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final byte[] body;
  private final ReentrantLock lock = new ReentrantLock();
  private Valid valid = new Valid("", Instant.MIN, Instant.MIN);
  private CompletableFuture<Got> refreshing;
  private Instant notBefore = Instant.MIN;
  private boolean refusalSaid;

  private record Valid(String token, Instant refreshAt, Instant expiresAt) {}

  /** What came of asking for a token. */
  sealed interface Got {
    record Granted(String token) implements Got {}

    /** {@code how} without secrets. */
    record Failed(String how) implements Got {}

    /** The caller's deadline passed first. */
    record TooLate() implements Got {}
  }

  TokenSource(
      RrrClientConfig config,
      Transport transport,
      Budget budget,
      Clock clock,
      MeterRegistry metrics) {
    this.config = config;
    this.transport = transport;
    this.budget = budget;
    this.clock = clock;
    this.metrics = metrics;
    var json = Json.object().put("grant_type", "client_credentials");
    body =
        Json.bytes(
            json.put("client_id", config.clientId()).put("client_secret", config.clientSecret()));
    for (var outcome : new String[] {"granted", "refused", "failed"}) refreshes(outcome);
  }

  /** A token that is good for now; waits for the refresh under way when there is none. */
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
      throw new IllegalStateException("a refresh broke", e.getCause());
    }
  }

  /** RRR answered 401 to this token: it is not used again. */
  void rejected(String token) {
    lock.lock();
    try {
      if (valid.token().equals(token)) valid = new Valid("", Instant.MIN, Instant.MIN);
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
    Thread.ofVirtual()
        .name("rrr-token")
        .start(() -> {
          try {
            coming.complete(settle(fetch()));
          } catch (InterruptedException | RuntimeException e) {
            settle(new Got.Failed("token: " + e.getClass().getSimpleName()));
            coming.completeExceptionally(e);
          }
        });
  }

  /** Ends the refresh for those who come from now on. */
  private Got settle(Got got) {
    lock.lock();
    try {
      refreshing = null;
      if (got instanceof Got.Failed)
        notBefore = clock.instant().plus(config.limits().longestPause());
      return got;
    } finally {
      lock.unlock();
    }
  }

  private Got fetch() throws InterruptedException {
    budget.acquire(Priority.HIGH);
    var headers =
        Map.of("X-Client-Id", config.clientId(), "X-Request-Trace", UUID.randomUUID().toString());
    var request = new Request("POST", "/oauth/token", headers, body, LARGEST);
    var asked = clock.instant();
    var reply = transport.send(request, null, config.limits().attempt().toNanos());
    return switch (reply) {
      case Reply.Lost(var how) -> failed("token: " + how);
      case Reply.Answered answer when answer.status() / 100 == 2 -> granted(answer, asked);
      case Reply.Answered answer when answer.status() == 429 -> {
        budget.throttled(null);
        yield failed("token: answered 429");
      }
      case Reply.Answered answer when answer.status() >= 400 && answer.status() < 500 ->
          refused(answer.status());
      case Reply.Answered answer -> failed("token: answered " + answer.status());
    };
  }

  private Got granted(Reply.Answered answer, Instant asked) {
    try {
      var json = Json.parse(answer.body());
      var token = Json.text(json, "access_token");
      var lifetime = Duration.ofSeconds(Math.clamp(Json.number(json, "expires_in"), 0, 1L << 31));
      if (!token.matches("[\\x21-\\x7E]+")) return failed("token: not one a header can carry");
      keep(token, asked, lifetime);
      return new Got.Granted(token);
    } catch (Json.Broken e) {
      return failed("token: answered without the promised JSON (" + e.getMessage() + ")");
    }
  }

  private void keep(String token, Instant asked, Duration lifetime) {
    var fifth = lifetime.dividedBy(5);
    var ahead = fifth.compareTo(AHEAD) < 0 ? fifth : AHEAD;
    lock.lock();
    try {
      var expiresAt = asked.plus(lifetime);
      valid = new Valid(token, expiresAt.minus(ahead), expiresAt);
      if (refusalSaid) log.info("RRR accepts the client's credentials again");
      refusalSaid = false;
    } finally {
      lock.unlock();
    }
    refreshes("granted").increment();
  }

  private Got failed(String how) {
    refreshes("failed").increment();
    log.debug("no token: {}", how);
    return new Got.Failed(how);
  }

  private Got refused(int status) {
    refreshes("refused").increment();
    lock.lock();
    try {
      if (!refusalSaid)
        log.error(
            "RRR refuses the client's credentials (token answered {}): calls wait until they are"
                + " right",
            status);
      refusalSaid = true;
    } finally {
      lock.unlock();
    }
    return new Got.Failed("token: credentials refused, answered " + status);
  }

  private Counter refreshes(String outcome) {
    return metrics.counter("rrr.client.token.refreshes", "outcome", outcome);
  }
}
