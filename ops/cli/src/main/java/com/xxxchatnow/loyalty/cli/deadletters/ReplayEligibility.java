package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Payload;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.kit.settings.SettingsException;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Decides which dead letters may be replayed; what it refuses, it says why. */
final class ReplayEligibility {
  static final Duration KEY_MEMORY = IdempotencyKeys.SAFE_FOR;

  /** The router remembers an event for seven days. */
  private static final Duration DEDUPLICATION = Duration.ofDays(7);

  /** What their consumers do never reaches RRR, however often. */
  private static final Set<String> WITHOUT_RRR =
      Set.of(Topics.WEBHOOKS.name(), Topics.LINK_UPDATES.name());

  /** Why a record is refused. */
  enum Why {
    MAX_REPLAYS,
    NO_SOURCE,
    CUT,
    KEY_REUSED,
    DEDUPLICATION_OVER,
    EXPIRED_KEY
  }

  /** The decision on one record. */
  sealed interface Verdict {
    /**
     * @param unearned its key is old, but RRR's ledger shows that it was never used
     */
    record Send(boolean unearned) implements Verdict {}

    record Refuse(Why why, String detail) implements Verdict {}
  }

  private final Clients clients;
  private final Clock clock;
  private final Edit edit;
  private final int maxReplays;
  private final UnusedKeys unusedKeys;

  /** What the ledger said, so that the dry run and the run ask once. */
  private final Map<String, Verdict> asked = new HashMap<>();

  /**
   * @param edit what is changed before a record is sent: the key is that of the changed payload
   */
  ReplayEligibility(Clients clients, Clock clock, Edit edit, int maxReplays) {
    this.clients = clients;
    this.clock = clock;
    this.edit = edit;
    this.maxReplays = maxReplays;
    this.unusedKeys = new UnusedKeys(clients, clock);
  }

  /**
   * @param sentBefore an earlier replay sent it
   */
  Verdict of(FailedRecord failed, boolean sentBefore) throws InterruptedException {
    if (failed.sourceTopic() == null || failed.sourceTopic().equals(failed.record().topic()))
      return new Verdict.Refuse(Why.NO_SOURCE, "its source topic is unknown");
    if (failed.record().headers().lastHeader(DeadLetter.CUT) != null)
      return new Verdict.Refuse(
          Why.CUT,
          "it was too large for this topic: only the source, %s %s, has its bytes"
              .formatted(failed.sourceTopic(), failed.sourcePlace()));
    if (failed.replays() >= maxReplays)
      return new Verdict.Refuse(
          Why.MAX_REPLAYS, "replayed %d times already".formatted(failed.replays()));
    if (failed.reason().equals(Reason.KEY_REUSED.name()))
      return new Verdict.Refuse(
          Why.KEY_REUSED,
          "RRR knows its key with another payload, which may be booked: compare with RRR's ledger");
    if (WITHOUT_RRR.contains(failed.sourceTopic())) return withoutRrr(failed, sentBefore);
    if (young(failed)) return new Verdict.Send(false);
    var known = asked.get(failed.place());
    if (known == null) {
      known = old(failed);
      asked.put(failed.place(), known);
    }
    return known;
  }

  /** Whether its replay may reach RRR, whose memory of keys ends. */
  static boolean reachesRrr(FailedRecord failed) {
    return failed.sourceTopic() == null || !WITHOUT_RRR.contains(failed.sourceTopic());
  }

  private Verdict withoutRrr(FailedRecord failed, boolean sentBefore) {
    var told =
        sentBefore
            && failed.sourceTopic().equals(Topics.WEBHOOKS.name())
            && !failed.publishedAt().plus(DEDUPLICATION).isAfter(clock.instant());
    return told
        ? new Verdict.Refuse(
            Why.DEDUPLICATION_OVER,
            "replayed before, and published %s: the router may have forgotten it"
                .formatted(failed.publishedAt()))
        : new Verdict.Send(false);
  }

  private boolean young(FailedRecord failed) {
    return failed.publishedAt().plus(KEY_MEMORY).isAfter(clock.instant());
  }

  /** RRR may have forgotten the key: only its ledger can tell. */
  private Verdict old(FailedRecord failed) throws InterruptedException {
    var age = "published %s, RRR may have forgotten its key".formatted(failed.publishedAt());
    if (!failed.sourceTopic().equals(Topics.PURCHASES.name()))
      return expired(age + ", and only purchases can be looked up in its ledger");
    var purchase = Payload.of(edit.apply(failed), clients.registry());
    if (purchase.isEmpty()) return expired(age + ", and the purchase can't be read");
    try {
      return unusedKeys
          .objection(purchase.get(), earliest(failed, purchase.get()))
          .map(objection -> expired(age + ", and " + objection))
          .orElseGet(() -> new Verdict.Send(true));
    } catch (UserError | SettingsException unavailable) {
      return expired(age + ", and its ledger can't be asked: " + lastLine(unavailable));
    }
  }

  /** A purchase that was published late may be older than its record. */
  private static Instant earliest(FailedRecord failed, Payload purchase) {
    return purchase
        .text("occurred_at")
        .map(Long::parseLong)
        .map(Instant::ofEpochMilli)
        .filter(occurred -> occurred.isBefore(failed.publishedAt()))
        .orElse(failed.publishedAt());
  }

  private static Verdict expired(String detail) {
    return new Verdict.Refuse(Why.EXPIRED_KEY, detail);
  }

  private static String lastLine(RuntimeException failure) {
    return failure.getMessage().lines().reduce((_, last) -> last).orElse("").strip();
  }
}
