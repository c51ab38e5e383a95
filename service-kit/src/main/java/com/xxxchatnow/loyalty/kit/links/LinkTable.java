package com.xxxchatnow.loyalty.kit.links;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is linked to which member at RRR, as the newest events of {@code loyalty.link-updates.v1}
 * tell it. Of a user who is not told here (no event yet, or too many users for the memory) RRR is
 * asked, which is each service's own affair.
 */
public final class LinkTable implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LinkTable.class);

  /** What all users together may take: the rest of the heap is for the work. */
  private static final long MAX_BYTES = Runtime.getRuntime().maxMemory() / 4;

  /** What a user takes beside the texts of the two ids: measured. */
  private static final int BYTES_EACH = 210;

  /**
   * What was told last of a user.
   *
   * @param memberId the member, or the former one
   * @param since when RRR told it
   */
  public record Told(String memberId, boolean linked, Instant since) {
    private static Told by(LinkUpdated update) {
      var linked = update.getStatus() == LinkStatus.ACTIVE;
      return new Told(update.getMemberId(), linked, update.getReceivedAt());
    }

    /** The member; empty: the user is not linked. */
    public Optional<String> member() {
      return linked ? Optional.of(memberId) : Optional.empty();
    }
  }

  private final Cache<String, Told> known;
  private final Deserializer<LinkUpdated> deserializer;
  private final Consumer<String> changed;
  private final TopicFollower follower;
  private final AtomicBoolean crowded = new AtomicBoolean();

  /**
   * Starts to follow. Call {@link #awaitCaughtUp()} before use.
   *
   * @param whole whether every user must be known here, because RRR is not asked for the others:
   *     too many users then end the process for lack of memory, instead of counting as not linked
   * @param changed told each user of whom something is told: what RRR answered before may be wrong
   */
  public LinkTable(KafkaSettings kafka, String clientId, boolean whole, Consumer<String> changed) {
    this.known = whole ? Caffeine.newBuilder().build() : whatFits();
    this.deserializer = kafka.serdes().deserializer();
    this.changed = changed;
    this.follower =
        new TopicFollower(Topics.LINK_UPDATES.name(), From.BEGINNING, clientId, kafka, this::told);
  }

  /**
   * Waits until the links that were told before the start are known; see {@link
   * TopicFollower#awaitCaughtUp()}.
   */
  public void awaitCaughtUp() {
    follower.awaitCaughtUp();
  }

  /** What was told last of a user; empty: nothing was. */
  public Optional<Told> of(String userId) {
    return Optional.ofNullable(known.getIfPresent(userId));
  }

  @Override
  public void close() {
    follower.close();
  }

  private void told(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) return;
    var userId = new String(record.key(), StandardCharsets.UTF_8);
    try {
      var update = deserializer.deserialize(record.topic(), record.value());
      if (update == null) known.invalidate(userId);
      else known.put(userId, Told.by(update));
    } catch (SerializationException unreadable) {
      // Away: the follower reads the record again, or an unlink would be lost.
      if (RegistryFaults.isOutage(unreadable)) throw unreadable;
      // Poison: what it says is unknown, so that RRR is asked.
      known.invalidate(userId);
      log.error("The link at offset {} is unreadable and has no effect", record.offset());
    }
    changed.accept(userId);
  }

  private Cache<String, Told> whatFits() {
    return Caffeine.newBuilder()
        .maximumWeight(MAX_BYTES)
        .weigher((String user, Told told) -> BYTES_EACH + user.length() + told.memberId.length())
        .evictionListener((String _, Told _, RemovalCause _) -> crowded())
        .build();
  }

  private void crowded() {
    if (crowded.compareAndSet(false, true))
      log.warn(
          "More users are linked than fit into {} MiB of the heap: RRR is asked for the others",
          MAX_BYTES >> 20);
  }
}
