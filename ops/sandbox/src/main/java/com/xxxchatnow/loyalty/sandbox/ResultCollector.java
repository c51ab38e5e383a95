package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * What a reader of the result topics sees ({@code read_committed}): it prints each step as a line
 * and remembers how every purchase and checkout ended.
 */
final class ResultCollector implements AutoCloseable {
  static final Set<RedemptionStatus> DECIDED =
      Set.of(
          RedemptionStatus.REJECTED,
          RedemptionStatus.COMMITTED,
          RedemptionStatus.COMMIT_FAILED,
          RedemptionStatus.CANCELLED,
          RedemptionStatus.EXPIRED,
          RedemptionStatus.REVERSED,
          RedemptionStatus.REVERSE_FAILED);

  private static final List<Topic<?>> FOLLOWED =
      Stream.concat(
              Stream.of(
                  Topics.EARN_RESULTS,
                  Topics.REDEMPTIONS,
                  Topics.POINTS_POSTED,
                  Topics.POINTS_REVERSED,
                  Topics.REDEMPTION_CONFIRMATIONS,
                  Topics.LINK_UPDATES,
                  Topics.TRANSFERS,
                  Topics.PROMOTIONS),
              Topics.DEAD_LETTERS.stream())
          .<Topic<?>>map(topic -> topic)
          .toList();

  /** A dead letter as the reader sees it. */
  record Letter(String sourceTopic, String place, String reason, String detail) {}

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Deserializer<SpecificRecord> deserializer;
  private final Consumer<String> print;
  private final Map<String, EarnResult> results = new LinkedHashMap<>();
  private final Map<String, RedemptionStatusChanged> redemptions = new LinkedHashMap<>();
  private final List<SpecificRecord> webhookEvents = new ArrayList<>();
  private final List<Letter> letters = new ArrayList<>();
  private final List<String> doubled = new ArrayList<>();
  private final List<Consumer<RedemptionStatusChanged>> listeners = new ArrayList<>();
  private final Thread thread;
  private int seen;

  /**
   * Starts to read what comes from now on.
   *
   * @param print takes a line for each step
   */
  ResultCollector(Addresses addresses, Consumer<String> print) {
    this.print = print;
    deserializer = new AvroSerdes(addresses.schemaRegistryUrl()).deserializer();
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                addresses.bootstrapServers(),
                "client.id",
                "sandbox-results",
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    var partitions =
        FOLLOWED.stream()
            .flatMap(topic -> consumer.partitionsFor(topic.name()).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    thread = Thread.ofPlatform().name("results").start(this::read);
  }

  /** Calls the listener at each state that a redemption reaches, on the reading thread. */
  synchronized void onRedemption(Consumer<RedemptionStatusChanged> listener) {
    listeners.add(listener);
  }

  synchronized Map<String, EarnResult> results() {
    return Map.copyOf(results);
  }

  synchronized Map<String, RedemptionStatusChanged> redemptions() {
    return Map.copyOf(redemptions);
  }

  /** What RRR's webhooks became, in the order it was read. */
  synchronized List<SpecificRecord> webhookEvents() {
    return List.copyOf(webhookEvents);
  }

  synchronized List<Letter> letters() {
    return List.copyOf(letters);
  }

  /** A line for each purchase with more than one result: there must be none. */
  synchronized List<String> doubled() {
    return List.copyOf(doubled);
  }

  /** How many records have been seen: grows as long as something happens. */
  synchronized int seen() {
    return seen;
  }

  /** Waits until reading ends: until it is closed, or the process ends. */
  void awaitEnd() throws InterruptedException {
    thread.join();
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (consumer) {
      while (true) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          count();
          if (record.topic().endsWith(Topic.DEAD_LETTER_SUFFIX)) letter(record);
          else decoded(record).ifPresent(this::event);
        }
      }
    } catch (WakeupException | InterruptException closed) {
      // The only way to end: close() woke it up.
      return;
    }
  }

  /** Empty for bytes that nobody can read: their dead letter tells of them. */
  private Optional<SpecificRecord> decoded(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.ofNullable(deserializer.deserialize(record.topic(), record.value()));
    } catch (SerializationException unreadable) {
      if (RegistryFaults.isOutage(unreadable)) throw unreadable;
      return Optional.empty();
    }
  }

  private synchronized void count() {
    seen++;
  }

  private synchronized void event(SpecificRecord event) {
    switch (event) {
      case EarnResult result -> result(result);
      case RedemptionStatusChanged changed -> redemption(changed);
      default -> {
        webhookEvents.add(event);
        print.accept("webhook    " + WebhookEvents.describe(event));
      }
    }
  }

  private void result(EarnResult result) {
    var earlier = results.put(result.getEventId(), result);
    if (earlier != null) doubled.add(result.getOrderId() + ": two results");
    print.accept(
        "earn       %s: %s%s, %d points"
            .formatted(
                result.getOrderId(),
                result.getStatus(),
                because(result.getReason()),
                result.getPoints()));
  }

  private void redemption(RedemptionStatusChanged changed) {
    redemptions.put(changed.getOrderId(), changed);
    var quote = changed.getStatus() == RedemptionStatus.QUOTED;
    print.accept(
        "redemption %s: %s%s%s"
            .formatted(
                changed.getOrderId(),
                changed.getStatus(),
                because(changed.getReason()),
                quote
                    ? ", %d points are worth %d %s minor"
                        .formatted(
                            changed.getPoints(), changed.getDiscountMinor(), changed.getCurrency())
                    : ""));
    listeners.forEach(listener -> listener.accept(changed));
  }

  private synchronized void letter(ConsumerRecord<byte[], byte[]> record) {
    var letter =
        new Letter(
            header(record, "dlt.source.topic"),
            header(record, "dlt.source.partition") + "/" + header(record, "dlt.source.offset"),
            header(record, "dlt.reason"),
            header(record, "dlt.detail"));
    letters.add(letter);
    print.accept(
        "dead letter from %s at %s: %s, %s"
            .formatted(letter.sourceTopic, letter.place, letter.reason, letter.detail));
  }

  /** A reason in parentheses after a status; empty for null. */
  static String because(Object reason) {
    return reason == null ? "" : " (" + reason + ")";
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "?" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
