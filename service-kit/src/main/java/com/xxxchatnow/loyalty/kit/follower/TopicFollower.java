package com.xxxchatnow.loyalty.kit.follower;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.worker.WorkerFaults;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a topic in every instance and without a group, from its beginning or from now on: how a
 * flag, a link or an announcement reaches all instances within a moment. A listener that can't take
 * a record now throws a {@link KafkaException} and gets it again, as it does while the schema
 * registry is unavailable; whatever else it throws is that record's fault: it is logged with its
 * place, and the next one is read. After any other fault the topic is read on where it was left, so
 * that what was changed long ago is not changed back for a moment.
 */
public final class TopicFollower implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TopicFollower.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration MAX_SILENCE = Duration.ofMinutes(2);
  private static final Duration METADATA_AGE = Duration.ofSeconds(30);
  private static final long PAUSE_AFTER_FAULT_MILLIS = 1_000;

  /** What of the topic is read. */
  public enum From {
    BEGINNING,
    NOW
  }

  private final String topic;
  private final From from;
  private final Map<String, Object> config;
  private final Consumer<ConsumerRecord<byte[], byte[]>> listener;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile KafkaConsumer<byte[], byte[]> consumer;
  private volatile long lastRead = System.nanoTime();
  private volatile boolean caughtUp;
  private volatile String problem = "not read yet";

  /** Starts to follow. The listener runs on the follower's own thread. */
  public TopicFollower(
      String topic,
      From from,
      String clientId,
      KafkaSettings kafka,
      Consumer<ConsumerRecord<byte[], byte[]>> listener) {
    this.topic = topic;
    this.from = from;
    this.listener = listener;
    this.config =
        kafka.client(
            clientId,
            Map.of(
                "enable.auto.commit",
                false,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "allow.auto.create.topics",
                false,
                "metadata.max.age.ms",
                (int) METADATA_AGE.toMillis()));
    this.thread = Thread.ofPlatform().daemon().name("follow-" + topic).start(this::follow);
  }

  /**
   * Waits until what the topic held at the start has been read, so that a restarted instance does
   * not act for a moment on what was changed long ago; {@link From#NOW}: until nothing that is
   * written from now on is missed.
   *
   * @throws IllegalStateException when nothing of it came for 2 min, however long all of it takes,
   *     or only an operator can remove what keeps it from being read
   */
  public void awaitCaughtUp() {
    awaitCaughtUp(MAX_SILENCE);
  }

  void awaitCaughtUp(Duration silence) {
    try {
      var left = silence.toNanos();
      while (left > 0 && !started.await(left, TimeUnit.NANOSECONDS))
        left = lastRead + silence.toNanos() - System.nanoTime();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (!caughtUp)
      throw new IllegalStateException(
          "%s could not be read at the start: %s"
              .formatted(topic, problem.isEmpty() ? "nothing came for " + silence : problem));
  }

  /** What keeps it from following, or empty text. */
  public String problem() {
    return problem;
  }

  @Override
  public void close() {
    closing.countDown();
    var current = consumer;
    if (current != null) current.wakeup();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    while (closing.getCount() > 0) {
      try (var opened =
          new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer = opened;
        while (closing.getCount() > 0) read(opened);
      } catch (WakeupException closed) {
        log.debug("{} is not followed any more", topic);
        return;
      } catch (RuntimeException fault) {
        report(fault);
        if (WorkerFaults.fatal(fault).isPresent()) started.countDown();
        if (pause()) return;
      } catch (Error end) {
        // Of a fault of the virtual machine the service ends; see Service.
        problem = end.toString();
        started.countDown();
        throw end;
      }
    }
  }

  /** Reads until the topic has more partitions than it had. */
  private void read(KafkaConsumer<byte[], byte[]> opened) {
    var partitions = partitions(opened);
    if (partitions.isEmpty())
      throw new UnknownTopicOrPartitionException("topic " + topic + " does not exist");
    opened.assign(partitions);
    var ends = opened.endOffsets(partitions);
    for (var each : partitions) {
      // All that a partition holds that was added later is new.
      positions.putIfAbsent(each, from == From.NOW && !caughtUp ? ends.get(each) : 0);
      opened.seek(each, positions.get(each));
    }
    do {
      for (var record : opened.poll(POLL)) {
        take(record);
        positions.put(new TopicPartition(topic, record.partition()), record.offset() + 1);
        lastRead = System.nanoTime();
      }
      problem = "";
      if (!caughtUp && reached(opened, partitions, ends)) {
        caughtUp = true;
        started.countDown();
      }
    } while (closing.getCount() > 0 && partitions(opened).size() <= partitions.size());
  }

  /** The partitions as the consumer's metadata, at most {@link #METADATA_AGE} old, has them. */
  private List<TopicPartition> partitions(KafkaConsumer<?, ?> opened) {
    return opened.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      listener.accept(record);
    } catch (SerializationException unreadable) {
      if (RegistryFaults.isOutage(unreadable)) throw unreadable;
      skip(record, RegistryFaults.describe(record.value(), unreadable));
    } catch (KafkaException notNow) {
      throw notNow;
    } catch (RuntimeException | StackOverflowError itsOwn) {
      // Its message may quote the record.
      skip(record, itsOwn.getClass().getSimpleName());
    }
  }

  private void skip(ConsumerRecord<byte[], byte[]> record, String why) {
    log.error("{}-{}@{} has no effect: {}", topic, record.partition(), record.offset(), why);
  }

  private static boolean reached(
      KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions, Map<TopicPartition, Long> to) {
    return partitions.stream().allMatch(each -> consumer.position(each) >= to.get(each));
  }

  private void report(RuntimeException fault) {
    if (!fault.toString().equals(problem))
      log.warn("{} can't be followed, and is tried again: {}", topic, fault.toString());
    problem = fault.toString();
  }

  private boolean pause() {
    try {
      return closing.await(PAUSE_AFTER_FAULT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
