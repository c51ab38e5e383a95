package com.xxxchatnow.loyalty.kit.links;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code loyalty.link-updates.v1} and keeps what it says about each user. About a user who
 * is not in here (no event yet, or too many users for the memory) RRR has to be asked.
 */
public final class LinkTable implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LinkTable.class);

  /** What all users together may take: the rest of the heap is for the work. */
  private static final long MAX_BYTES = Runtime.getRuntime().maxMemory() / 4;

  /** What a user takes beside the texts of the two ids: measured. */
  private static final int BYTES_EACH = 210;

  /** RRR does not know that a link was ended here, so it can't be asked instead. */
  private static final int NEVER_EVICTED = 0;

  private final Cache<String, KnownLink> known;
  private final Deserializer<SpecificRecord> deserializer;
  private final Consumer<String> changed;
  private final TopicFollower follower;
  private final AtomicBoolean full = new AtomicBoolean();

  /**
   * Starts to follow. Call {@link #awaitCaughtUp()} before use.
   *
   * @param whole whether every user must be known here, because RRR is not asked for the others:
   *     too many users then end the process for lack of memory, instead of counting as not linked
   * @param changed given each user about whom a record was read: what RRR answered before may be
   *     outdated
   */
  public LinkTable(KafkaSettings kafka, String clientId, boolean whole, Consumer<String> changed) {
    this.known = whole ? Caffeine.newBuilder().build() : whatFits();
    this.deserializer = kafka.serdes().deserializer();
    this.changed = changed;
    this.follower =
        new TopicFollower(Topics.LINK_UPDATES.name(), From.BEGINNING, clientId, kafka, this::read);
  }

  /**
   * Waits until the links that were told before the start are known; see {@link
   * TopicFollower#awaitCaughtUp()}.
   */
  public void awaitCaughtUp() {
    follower.awaitCaughtUp();
  }

  /** What is known of a user; empty: nothing is. */
  public Optional<KnownLink> of(String userId) {
    return Optional.ofNullable(known.getIfPresent(userId));
  }

  @Override
  public void close() {
    follower.close();
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) return;
    var userId = new String(record.key(), StandardCharsets.UTF_8);
    switch (decoded(record)) {
      case null -> known.invalidate(userId);
      case LinkUpdated update ->
          KnownLink.of(update).ifPresent(link -> known.asMap().merge(userId, link, KnownLink::and));
      default -> unreadable(userId, record.offset());
    }
    changed.accept(userId);
  }

  /**
   * The record's value; {@link #known} is the follower's thread's alone to change, so that nothing
   * is lost between reading and writing.
   */
  private Object decoded(ConsumerRecord<byte[], byte[]> record) {
    try {
      return deserializer.deserialize(record.topic(), record.value());
    } catch (RuntimeException failure) {
      // The follower reads the record again, or an unlink would be lost.
      if (RegistryFaults.isOutage(failure)) throw failure;
      return failure;
    }
  }

  /** What it says is unknown, so that RRR is asked; what was ended here stays so. */
  private void unreadable(String userId, long offset) {
    known.asMap().computeIfPresent(userId, (_, link) -> link.endedHere() ? link : null);
    log.error(
        "The record at offset {} of {} is not a link and has no effect but that RRR is asked for"
            + " its user; find out who wrote it",
        offset,
        Topics.LINK_UPDATES.name());
  }

  private Cache<String, KnownLink> whatFits() {
    return Caffeine.newBuilder()
        .maximumWeight(MAX_BYTES)
        .weigher((String user, KnownLink link) ->
            link.endedHere()
                ? NEVER_EVICTED
                : BYTES_EACH + user.length() + link.memberId().length())
        .evictionListener((String _, KnownLink _, RemovalCause _) -> full())
        .build();
  }

  private void full() {
    if (full.compareAndSet(false, true))
      log.warn(
          "More users are linked than fit into {} MiB of the heap: RRR is asked for the others",
          MAX_BYTES >> 20);
  }
}
