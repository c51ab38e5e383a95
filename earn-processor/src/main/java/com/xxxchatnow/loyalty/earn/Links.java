package com.xxxchatnow.loyalty.earn;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.kit.KafkaSettings;
import com.xxxchatnow.loyalty.kit.TopicFollower;
import com.xxxchatnow.loyalty.rrr.Call;
import com.xxxchatnow.loyalty.rrr.Outcome;
import com.xxxchatnow.loyalty.rrr.Refusal;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is which member at RRR: as the newest event of {@code loyalty.link-updates.v1} says, else as
 * RRR answers. An event goes before every answer, and takes effect at once.
 */
final class Links implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Links.class);
  private static final int MOST_TOLD = 1_000_000;
  private static final int MOST_ASKED = 100_000;
  private static final Duration ASKED_KEPT = Duration.ofMinutes(5);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  /** By events; empty: not linked. */
  private final Cache<String, Optional<String>> told =
      Caffeine.newBuilder().maximumSize(MOST_TOLD).build();

  /** By answers; only those that name a member: who is not linked may be so in a moment. */
  private final Cache<String, String> asked =
      Caffeine.newBuilder().maximumSize(MOST_ASKED).expireAfterWrite(ASKED_KEPT).build();

  private final RrrClient rrr;
  private final boolean asking;
  private final Deserializer<LinkUpdated> reader;
  private final TopicFollower follower;

  /** A user's member, or why there is none. */
  sealed interface Link {
    record Member(String id) implements Link {}

    record NotLinked(int attempts) implements Link {}

    record Refused(Outcome.Refused<?> outcome) implements Link {}
  }

  /**
   * @param asking whether RRR may be asked ({@code RRR_LINK_ENABLED})
   */
  Links(KafkaSettings kafka, String clientId, RrrClient rrr, boolean asking) {
    this.rrr = rrr;
    this.asking = asking;
    this.reader = kafka.serdes().deserializer();
    this.follower = new TopicFollower(Topics.LINK_UPDATES.name(), clientId, kafka, this::told);
  }

  /** Waits until the links that were told before the start are known. */
  Links awaitRead() {
    try {
      if (follower.awaitCaughtUp(START_LIMIT)) return this;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException(
        "%s could not be read within %s: %s"
            .formatted(Topics.LINK_UPDATES.name(), START_LIMIT, follower.problem()));
  }

  /**
   * @param call in case RRR is asked; without a deadline
   */
  Link of(String userId, Call call) throws InterruptedException {
    var known = told.getIfPresent(userId);
    if (known != null) return link(known, 0);
    var answered = asked.getIfPresent(userId);
    if (answered != null) return new Link.Member(answered);
    return asking ? ask(userId, call) : new Link.NotLinked(0);
  }

  private Link ask(String userId, Call call) throws InterruptedException {
    return switch (rrr.linkStatus(userId, call)) {
      case Outcome.Done<com.xxxchatnow.loyalty.rrr.LinkStatus>(var status, var attempts, var _) -> {
        if (status.linked()) asked.put(userId, status.memberId());
        yield link(Optional.ofNullable(status.memberId()), attempts);
      }
      case Outcome.Refused<?> refused ->
          refused.why() == Refusal.REFUSED_NOT_FOUND
              ? new Link.NotLinked(refused.attempts())
              : new Link.Refused(refused);
      case Outcome.Later<?> later -> throw new IllegalStateException("no deadline: " + later.how());
    };
  }

  private static Link link(Optional<String> member, int attempts) {
    return member.<Link>map(Link.Member::new).orElseGet(() -> new Link.NotLinked(attempts));
  }

  private void told(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) return;
    var userId = new String(record.key(), StandardCharsets.UTF_8);
    try {
      var update = reader.deserialize(record.topic(), record.value());
      if (update == null) told.invalidate(userId);
      else told.put(userId, member(update));
    } catch (SerializationException unreadable) {
      // What it says is unknown, so that RRR is asked again.
      told.invalidate(userId);
      log.warn("a link update can't be read: {}", unreadable.getClass().getSimpleName());
    }
    asked.invalidate(userId);
  }

  private static Optional<String> member(LinkUpdated update) {
    return update.getStatus() == LinkStatus.ACTIVE
        ? Optional.of(update.getMemberId())
        : Optional.empty();
  }

  @Override
  public void close() {
    follower.close();
  }
}
