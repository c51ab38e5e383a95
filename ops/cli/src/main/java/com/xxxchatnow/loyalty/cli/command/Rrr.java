package com.xxxchatnow.loyalty.cli.command;

import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.rrr.Budget;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Priority;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * What the command line asks RRR: only reads, at a rate of its own, and never for longer than an
 * operator waits.
 */
public final class Rrr implements AutoCloseable {
  /** The services live on RRR's 100/s; an operator's questions take this unless told otherwise. */
  static final int DEFAULT_RPS = 5;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RrrClient client;
  private final String clientId;
  private final KeyFormat keys;
  private final Clock clock;

  private Rrr(RrrClient client, String clientId, KeyFormat keys, Clock clock) {
    this.client = client;
    this.clientId = clientId;
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * @throws com.xxxchatnow.loyalty.kit.SettingsException when RRR's settings are missing
   */
  static Rrr of(Settings settings, Clock clock) {
    var url = settings.uri(Setting.RRR_API_BASE_URL);
    var id = settings.text(Setting.RRR_CLIENT_ID);
    var secret = settings.secret(Setting.RRR_CLIENT_SECRET);
    var rps = settings.integer(Setting.RRR_RATE_LIMIT_RPS, DEFAULT_RPS, 1, 10_000);
    var burst = settings.integer(Setting.RRR_RATE_LIMIT_BURST, rps, 1, 10_000);
    var format = settings.oneOf(Setting.RRR_IDEMPOTENCY_KEY_FORMAT, "plain", "uuid");
    settings.check();
    var config = RrrClientConfig.of(url, id, secret.value());
    var budget = new Budget(rps, burst);
    return new Rrr(
        new RrrClient(config, budget, clock, new SimpleMeterRegistry()),
        id,
        KeyFormat.valueOf(format.toUpperCase(Locale.ROOT)),
        clock);
  }

  /** The member a user is linked to; empty when not linked. */
  public Optional<String> member(String userId) throws InterruptedException {
    return link(userId).map(LinkStatus::memberId);
  }

  /** A user's link; empty when not linked. */
  public Optional<LinkStatus> link(String userId) throws InterruptedException {
    return Optional.of(done(client.linkStatus(userId, call()), "the link"))
        .filter(LinkStatus::linked);
  }

  /** A member's entries by the time they were created. */
  public List<LedgerEntry> ledger(String memberId, Instant from, Instant to)
      throws InterruptedException {
    return done(client.ledger(memberId, from, to, null, call()), "the ledger");
  }

  /** Whether we made the entry; other clients of RRR have entries of their own. */
  public boolean ours(LedgerEntry entry) {
    return entry.clientId() == null || entry.clientId().equals(clientId);
  }

  /** A key as RRR sees it, and so names it in {@code source_ref}. */
  public String formatted(String key) {
    return keys.format(key);
  }

  @Override
  public void close() {
    client.close();
  }

  private CallOptions call() {
    return new CallOptions(
        null, UUID.randomUUID(), Priority.NORMAL, clock.instant().plus(PATIENCE));
  }

  private static <T> T done(Outcome<T> outcome, String what) {
    return switch (outcome) {
      case Outcome.Done<T> done -> done.value();
      case Outcome.Refused<T> refused ->
          throw UserError.unavailable("RRR refuses %s: %s".formatted(what, refused.code()), null);
      case Outcome.Unanswered<T> later ->
          throw UserError.unavailable(
              "RRR does not answer %s: %s".formatted(what, later.how()), null);
    };
  }
}
