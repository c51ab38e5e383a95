package com.xxxchatnow.loyalty.redemption.query;

import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.redemption.stream.UncommittedVersions;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * The committed announcements of all instances as they appear, from the start of this instance on:
 * they wake whoever waits for an order here, wherever the order is decided.
 */
public final class CommittedChanges implements AutoCloseable {
  private final Deserializer<SpecificRecord> deserializer;
  private final UncommittedVersions uncommitted;
  private final Map<String, Set<Waiting>> waiting = new ConcurrentHashMap<>();
  private final TopicFollower follower;

  public CommittedChanges(KafkaSettings kafka, String clientId, UncommittedVersions uncommitted) {
    this.uncommitted = uncommitted;
    this.deserializer = kafka.serdes().deserializer();
    this.follower =
        new TopicFollower(
            Topics.REDEMPTIONS.name(), From.NOW, clientId + "-news", kafka, this::tell);
  }

  /**
   * Waits until nothing that is announced from now on is missed.
   *
   * @throws IllegalStateException when announcements can't be read; see {@link
   *     TopicFollower#awaitCaughtUp()}
   */
  public CommittedChanges awaitStarted() {
    follower.awaitCaughtUp();
    return this;
  }

  /** One who waits for the next announcement of an order that decides the quote. */
  final class Waiting implements AutoCloseable {
    private final String orderId;
    private final CompletableFuture<RedemptionStatusChanged> decided = new CompletableFuture<>();
    private volatile RedemptionStatusChanged newest;

    private Waiting(String orderId) {
      this.orderId = orderId;
    }

    /** The announcement, or empty when there was none in time. */
    Optional<RedemptionStatusChanged> await(Duration limit) throws InterruptedException {
      try {
        return Optional.of(decided.get(limit.toNanos(), TimeUnit.NANOSECONDS));
      } catch (TimeoutException _) {
        return Optional.empty();
      } catch (ExecutionException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    /** What was announced last since it began to wait, whether it decides or not. */
    Optional<RedemptionStatusChanged> newest() {
      return Optional.ofNullable(newest);
    }

    private void read(RedemptionStatusChanged change) {
      newest = change;
      if (RedemptionJson.decided(change.getStatus())) decided.complete(change);
    }

    @Override
    public void close() {
      waiting.computeIfPresent(
          orderId,
          (_, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
  }

  /** Begins to wait: what is announced from now on counts. */
  Waiting waitFor(String orderId) {
    var one = new Waiting(orderId);
    waiting.compute(
        orderId,
        (_, all) -> {
          var some = all == null ? ConcurrentHashMap.<Waiting>newKeySet() : all;
          some.add(one);
          return some;
        });
    return one;
  }

  /** What keeps it from reading, or empty. */
  public Optional<String> problem() {
    return Optional.of(follower.problem()).filter(problem -> !problem.isEmpty());
  }

  @Override
  public void close() {
    follower.close();
  }

  /** What is thrown is this record's fault, or the registry's; see {@link TopicFollower}. */
  private void tell(ConsumerRecord<byte[], byte[]> record) {
    var value = deserializer.deserialize(record.topic(), record.value());
    if (!(value instanceof RedemptionStatusChanged change))
      throw new SerializationException(
          "not an announcement", new ClassCastException("not a RedemptionStatusChanged"));
    uncommitted.committed(change.getOrderId(), change.getVersion());
    var all = waiting.get(change.getOrderId());
    if (all != null) all.forEach(each -> each.read(change));
  }
}
