package com.xxxchatnow.loyalty.redemption;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.kit.KafkaSettings;
import com.xxxchatnow.loyalty.kit.TopicFollower;
import com.xxxchatnow.loyalty.rrr.Call;
import com.xxxchatnow.loyalty.rrr.Outcome;
import com.xxxchatnow.loyalty.rrr.Refusal;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
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
 * The member at RRR of a user: named by the call, else told by RRR's link events, else asked for at
 * RRR. Only a quote needs it: what follows a quote names the quote's member.
 */
final class Members implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Members.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final int MOST_KNOWN = 1_000_000;

  /** What is known of a user. {@code waited} is RRR's part of the time it took. */
  sealed interface Found {}

  record Member(String id, Duration waited) implements Found {}

  record NotLinked(Duration waited) implements Found {}

  /** RRR would not say, or not in time. */
  record Unknown(Outcome<?> outcome) implements Found {}

  /** RRR's link status of a user. */
  interface LinkStatusCall {
    Outcome<com.xxxchatnow.loyalty.rrr.LinkStatus> of(String userId, Call call)
        throws InterruptedException;
  }

  private final LinkStatusCall rrr;
  private final Deserializer<LinkUpdated> deserializer;

  /** Empty: told that the user is not linked. */
  private final Cache<String, Optional<String>> links =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).build();

  private final TopicFollower follower;

  /**
   * @param rrr null: RRR is not asked for links, only events tell them
   */
  Members(KafkaSettings kafka, String clientId, LinkStatusCall rrr) {
    this.rrr = rrr;
    this.deserializer = kafka.serdes().deserializer();
    this.follower =
        new TopicFollower(Topics.LINK_UPDATES.name(), clientId + "-links", kafka, this::linked);
  }

  /** Waits until the links that were told before the start are known. */
  void awaitRead() {
    try {
      if (follower.awaitCaughtUp(START_LIMIT)) return;
      throw new IllegalStateException("links can't be read: " + follower.problem());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  /** The member for a call. */
  Found of(RedemptionCall call, Call link) throws InterruptedException {
    if (call.getRrrMemberId() != null) return new Member(call.getRrrMemberId(), Duration.ZERO);
    var told = links.getIfPresent(call.getUserId());
    if (told != null || rrr == null)
      return told != null && told.isPresent()
          ? new Member(told.get(), Duration.ZERO)
          : new NotLinked(Duration.ZERO);
    return switch (rrr.of(call.getUserId(), link)) {
      case Outcome.Done<com.xxxchatnow.loyalty.rrr.LinkStatus>(var status, _, var waited) ->
          status.linked() ? new Member(status.memberId(), waited) : new NotLinked(waited);
      case Outcome.Refused<?> refused when refused.why() == Refusal.REFUSED_NOT_FOUND ->
          new NotLinked(refused.waited());
      case Outcome<?> none -> new Unknown(none);
    };
  }

  @Override
  public void close() {
    follower.close();
  }

  private void linked(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) return;
    var userId = new String(record.key(), StandardCharsets.UTF_8);
    try {
      var link = deserializer.deserialize(record.topic(), record.value());
      if (link == null) links.invalidate(userId);
      else links.put(userId, member(link));
    } catch (SerializationException unreadable) {
      if (RegistryFaults.isOutage(unreadable)) throw unreadable;
      // What it says is unknown, so that RRR is asked.
      links.invalidate(userId);
      log.error("The link at offset {} is unreadable and has no effect", record.offset());
    }
  }

  private static Optional<String> member(LinkUpdated link) {
    return link.getStatus() == LinkStatus.ACTIVE
        ? Optional.of(link.getMemberId())
        : Optional.empty();
  }
}
