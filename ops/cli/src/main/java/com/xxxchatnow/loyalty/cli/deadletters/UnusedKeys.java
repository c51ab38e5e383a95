package com.xxxchatnow.loyalty.cli.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Keys;
import com.xxxchatnow.loyalty.cli.command.Rrr;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.records.Payload;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * Finds out in RRR's ledger whether a purchase's key was ever used. It was not only if no member
 * that the user may have had then has an entry with it, and if the ledger names our keys at all.
 */
final class UnusedKeys {
  /** How much before its publication a purchase may be in RRR's ledger: clocks differ. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final Clients clients;
  private final Clock clock;

  /** Whether an entry that RRR made for a known key names that key; null: not looked at yet. */
  private Boolean named;

  UnusedKeys(Clients clients, Clock clock) {
    this.clients = clients;
    this.clock = clock;
  }

  /**
   * Why the key may have been used; empty: it never was.
   *
   * @param since nothing can have been booked before
   */
  Optional<String> objection(Payload purchase, Instant since) throws InterruptedException {
    var user = purchase.text("user_id").orElse("");
    var rrr = clients.rrr(clock);
    var members = new TreeSet<String>();
    var complete = members(purchase, user, since, rrr, members);
    for (var member : members) {
      var entry = entry(purchase, member, since, rrr);
      if (entry.isPresent())
        return Optional.of(
            "RRR's ledger has it: entry %s of %s"
                .formatted(entry.get().entryId(), entry.get().createdAt()));
    }
    if (!complete)
      return Optional.of("which member its user had then is not known for certain any more");
    if (!keysAreNamed(rrr))
      return Optional.of("no known entry of RRR's ledger shows that it names our keys");
    return Optional.empty();
  }

  /**
   * Adds every member the user may have had.
   *
   * @return whether these are all: the purchase names its member, or the link is older than it
   */
  private boolean members(
      Payload purchase, String user, Instant since, Rrr rrr, Set<String> members)
      throws InterruptedException {
    var named = purchase.text("rrr_member_id");
    named.ifPresent(members::add);
    this.<EarnResult>ofUser(
        Topics.EARN_RESULTS,
        user,
        result -> {
          if (result.getUserId().equals(user) && result.getRrrMemberId() != null)
            members.add(result.getRrrMemberId());
        });
    this.<LinkUpdated>ofUser(
        Topics.LINK_UPDATES, user, update -> members.add(update.getMemberId()));
    var link = rrr.link(user);
    link.map(LinkStatus::memberId).ifPresent(members::add);
    return named.isPresent()
        || link.map(LinkStatus::linkedAt)
            .filter(at -> at.isBefore(since.minus(CLOCKS)))
            .isPresent();
  }

  private Optional<LedgerEntry> entry(Payload purchase, String member, Instant since, Rrr rrr)
      throws InterruptedException {
    var key =
        Keys.ofEarn(
            purchase.text("kind").orElse(""),
            purchase.text("order_id").orElse(""),
            purchase.text("line_id").orElse("1"));
    // Also of a call made before the format was changed.
    var refs = Arrays.stream(KeyFormat.values()).map(format -> format.format(key)).toList();
    return rrr.ledger(member, since.minus(CLOCKS), clock.instant()).stream()
        .filter(entry -> refs.contains(entry.sourceRef()))
        .findFirst();
  }

  private boolean keysAreNamed(Rrr rrr) throws InterruptedException {
    if (named == null) {
      var earned = newestEarned();
      named = earned.isPresent() && names(earned.get(), rrr);
    }
    return named;
  }

  private boolean names(EarnResult earned, Rrr rrr) throws InterruptedException {
    var at = earned.getPostedAt() == null ? earned.getOccurredAt() : earned.getPostedAt();
    return rrr.ledger(earned.getRrrMemberId(), at.minus(CLOCKS), at.plus(CLOCKS)).stream()
        .filter(entry -> entry.entryId().equals(earned.getLedgerEntryId()))
        .anyMatch(entry ->
            List.of(earned.getIdempotencyKey(), rrr.formatted(earned.getIdempotencyKey()))
                .contains(entry.sourceRef()));
  }

  private Optional<EarnResult> newestEarned() {
    var newest = new AtomicReference<EarnResult>();
    read(
        Topics.EARN_RESULTS,
        Scan.of(clients, Topics.EARN_RESULTS.name()),
        (EarnResult result) -> {
          if (result.getStatus() == EarnStatus.EARNED
              && result.getLedgerEntryId() != null
              && result.getRrrMemberId() != null) newest.set(result);
        });
    return Optional.ofNullable(newest.get());
  }

  private <V extends SpecificRecord> void ofUser(Topic<V> topic, String user, Consumer<V> reader) {
    read(topic, Scan.of(clients, topic.name()).ofKey(user.getBytes(UTF_8)), reader);
  }

  private <V extends SpecificRecord> void read(Topic<V> topic, Scan scan, Consumer<V> reader) {
    try (var values = clients.serdes().<V>deserializer()) {
      scan.each(record -> {
        var value = values.deserialize(record.topic(), record.value());
        if (value != null) reader.accept(value);
      });
    }
  }
}
