package com.xxxchatnow.loyalty.redemption;

import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.KafkaSettings;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed announcements of all instances as they appear, from the start of this instance on:
 * they wake whoever waits for an order here, wherever the order is decided.
 */
final class News implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(News.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final long PAUSE_AFTER_FAULT_MILLIS = 500;

  private final Map<String, Object> config;
  private final Deserializer<RedemptionStatusChanged> deserializer;
  private final Uncommitted uncommitted;
  private final Map<String, Set<Waiting>> waiting = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile String problem = "not read yet";

  News(KafkaSettings kafka, String clientId, Uncommitted uncommitted) {
    this.uncommitted = uncommitted;
    this.deserializer = kafka.serdes().deserializer();
    this.config =
        kafka.client(
            clientId + "-news",
            Map.of(
                "enable.auto.commit",
                false,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "latest",
                "allow.auto.create.topics",
                false));
    this.thread = Thread.ofPlatform().daemon().name("news").start(this::follow);
  }

  /** Waits until nothing that is announced from now on is missed. */
  News awaitStarted() {
    try {
      if (started.await(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) return this;
      throw new IllegalStateException("announcements can't be read: " + problem);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  /** One who waits for the next announcement of an order that decides the quote. */
  final class Waiting implements AutoCloseable {
    private final String orderId;
    private final CompletableFuture<RedemptionStatusChanged> decided = new CompletableFuture<>();

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
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
  }

  private void follow() {
    while (closing.getCount() > 0) {
      try (var consumer =
          new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        read(consumer);
      } catch (InterruptException closed) {
        log.debug("no more news");
        return;
      } catch (KafkaException fault) {
        problem = "announcements can't be read: " + fault;
        log.warn("{}", problem);
        if (rested()) return;
      }
    }
  }

  private void read(KafkaConsumer<byte[], byte[]> consumer) {
    var topic = Topics.REDEMPTIONS.name();
    var partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    // After a fault it goes on where it was.
    if (positions.isEmpty()) consumer.seekToEnd(partitions);
    else positions.forEach(consumer::seek);
    for (var each : partitions) positions.put(each, consumer.position(each));
    while (closing.getCount() > 0) {
      problem = null;
      started.countDown();
      for (var record : consumer.poll(POLL)) {
        tell(record);
        positions.put(new TopicPartition(topic, record.partition()), record.offset() + 1);
      }
    }
  }

  private void tell(ConsumerRecord<byte[], byte[]> record) {
    var orderId = new String(record.key(), StandardCharsets.UTF_8);
    // SerializationException: the registry is away; read again after a pause.
    var change = deserializer.deserialize(record.topic(), record.value());
    uncommitted.committed(orderId, change.getVersion());
    if (!Views.decided(change.getStatus())) return;
    var all = waiting.get(orderId);
    if (all != null) all.forEach(each -> each.decided.complete(change));
  }

  private boolean rested() {
    try {
      return closing.await(PAUSE_AFTER_FAULT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
