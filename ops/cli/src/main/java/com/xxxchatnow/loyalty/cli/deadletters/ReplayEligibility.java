package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Keys;
import com.xxxchatnow.loyalty.cli.command.Rrr;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Payload;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides which dead letters may be replayed; what it refuses, it says why. */
final class ReplayEligibility {
  static final Duration KEY_MEMORY = IdempotencyKeys.SAFE_FOR;

  /** How much before its publication a purchase may be in RRR's ledger: clocks differ. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  /** What their consumers do never reaches RRR, however often. */
  private static final Set<String> WITHOUT_RRR =
      Set.of(Topics.WEBHOOKS.name(), Topics.LINK_UPDATES.name());

  /** Why a record is refused. */
  enum Why {
    MAX_REPLAYS,
    NO_SOURCE,
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
  private final int maxReplays;

  /** What the ledger said, so that the dry run and the run ask once. */
  private final Map<String, Verdict> asked = new HashMap<>();

  ReplayEligibility(Clients clients, Clock clock, int maxReplays) {
    this.clients = clients;
    this.clock = clock;
    this.maxReplays = maxReplays;
  }

  Verdict of(FailedRecord failed) throws InterruptedException {
    if (failed.sourceTopic() == null)
      return new Verdict.Refuse(Why.NO_SOURCE, "nobody tells its source topic");
    if (failed.replays() >= maxReplays)
      return new Verdict.Refuse(
          Why.MAX_REPLAYS, "replayed %d times already".formatted(failed.replays()));
    if (WITHOUT_RRR.contains(failed.sourceTopic()) || young(failed)) return new Verdict.Send(false);
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

  private boolean young(FailedRecord failed) {
    return failed.publishedAt().plus(KEY_MEMORY).isAfter(clock.instant());
  }

  /** RRR may have forgotten the key: only its ledger can tell. */
  private Verdict old(FailedRecord failed) throws InterruptedException {
    var age = "published %s, RRR may have forgotten its key".formatted(failed.publishedAt());
    if (!failed.sourceTopic().equals(Topics.PURCHASES.name()))
      return expired(age + ", and only purchases can be looked up in its ledger");
    var purchase = Payload.of(failed.record().value(), clients.registry());
    if (purchase.isEmpty()) return expired(age + ", and the purchase can't be read");
    try {
      return byLedger(failed, purchase.get(), age);
    } catch (UserError | com.xxxchatnow.loyalty.kit.settings.SettingsException away) {
      return expired(age + ", and its ledger can't be asked: " + firstLine(away));
    }
  }

  private Verdict byLedger(FailedRecord failed, Payload purchase, String age)
      throws InterruptedException {
    var rrr = clients.rrr(clock);
    var member = member(purchase, rrr);
    if (member.isEmpty())
      return expired(age + ", and its user is not linked, so there is no ledger to look at");
    var key =
        Keys.ofEarn(
            purchase.text("kind").orElse(""),
            purchase.text("order_id").orElse(""),
            purchase.text("line_id").orElse("1"));
    var refs = List.of(key, rrr.formatted(key));
    var from = earliest(failed, purchase).minus(CLOCKS);
    return rrr.ledger(member.get(), from, clock.instant()).stream()
        .filter(entry -> refs.contains(entry.sourceRef()))
        .findFirst()
        .<Verdict>map(entry ->
            expired(
                "RRR's ledger has it: entry %s of %s"
                    .formatted(entry.entryId(), entry.createdAt())))
        .orElseGet(() -> new Verdict.Send(true));
  }

  private static Optional<String> member(Payload purchase, Rrr rrr) throws InterruptedException {
    var named = purchase.text("rrr_member_id");
    if (named.isPresent()) return named;
    var user = purchase.text("user_id");
    return user.isPresent() ? rrr.member(user.get()) : Optional.empty();
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

  private static String firstLine(RuntimeException failure) {
    return failure.getMessage().lines().reduce((_, last) -> last).orElse("").strip();
  }
}
