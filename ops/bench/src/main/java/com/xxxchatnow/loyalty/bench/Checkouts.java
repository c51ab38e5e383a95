package com.xxxchatnow.loyalty.bench;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionReply;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.TopicFollower;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Checkouts at a fixed rate, however long the answers take, and when each was answered. */
final class Checkouts implements AutoCloseable {
  private static final Duration LAST_ANSWER = Duration.ofSeconds(10);
  private static final double NANOS_A_MILLI = 1e6;

  /** Per checkout, in milliseconds; {@code missing} had no answer at all. */
  record Times(List<Double> total, List<Double> rrr, List<Double> added, int missing) {}

  private final Clock clock = Clock.systemUTC();
  private final KafkaProducer<String, byte[]> producer;
  private final Serializer<RedemptionRequested> serializer;
  private final Deserializer<RedemptionStatusChanged> changes;
  private final Deserializer<RedemptionReply> replies;
  private final Map<String, Long> answeredAt = new ConcurrentHashMap<>();
  private final Map<String, Long> rrrMillis = new ConcurrentHashMap<>();
  private final TopicFollower announcements;
  private final TopicFollower answers;

  Checkouts(Stack stack) {
    var kafka = stack.settings();
    producer =
        new KafkaProducer<>(
            kafka.client("checkout", Map.of("linger.ms", 0)),
            new StringSerializer(),
            new ByteArraySerializer());
    serializer = kafka.serdes().serializer();
    changes = kafka.serdes().deserializer();
    replies = kafka.serdes().deserializer();
    announcements =
        new TopicFollower(Topics.REDEMPTIONS.name(), "announcements", kafka, this::announced);
    answers = new TopicFollower(Topics.REDEMPTION_REPLIES.name(), "replies", kafka, this::answered);
  }

  /** An open loop: each checkout begins at its own moment, late answers or not. */
  Times run(String name, int rate, Duration time) {
    var count = (int) (rate * time.toSeconds());
    var start = System.nanoTime();
    var sent = new long[count];
    for (var i = 0; i < count; i++) {
      var at = start + (long) i * 1_000_000_000L / rate;
      for (var left = at - System.nanoTime(); left > 0; left = at - System.nanoTime())
        LockSupport.parkNanos(left);
      sent[i] = at;
      request(name + "-" + i);
    }
    awaitAnswers(name, count);
    return times(name, sent);
  }

  @Override
  public void close() {
    announcements.close();
    answers.close();
    producer.close();
  }

  private void request(String order) {
    var user = "user-of-" + order;
    var request =
        RedemptionRequested.newBuilder()
            .setOrderId(order)
            .setUserId(user)
            .setRrrMemberId(Simulator.memberOf(user))
            .setCurrency("CAD")
            .setCartTotalMinor(5_000)
            .setItems(List.of(new CartItem("tokens", 1, 5_000L)))
            .setMode(RedemptionMode.EXACT)
            .setPoints(500L)
            .setRequestedAt(clock.instant())
            .build();
    var topic = Topics.REDEMPTION_REQUESTS.name();
    producer.send(new ProducerRecord<>(topic, order, serializer.serialize(topic, request)));
  }

  private void awaitAnswers(String name, int count) {
    var end = System.nanoTime() + LAST_ANSWER.toNanos();
    while (System.nanoTime() < end && !all(name, count))
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
  }

  private boolean all(String name, int count) {
    for (var i = count - 1; i >= 0; i--)
      if (!answeredAt.containsKey(name + "-" + i) || !rrrMillis.containsKey(name + "-" + i))
        return false;
    return true;
  }

  private Times times(String name, long[] sent) {
    var times = new Times(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), 0);
    var missing = 0;
    for (var i = 0; i < sent.length; i++) {
      var at = answeredAt.get(name + "-" + i);
      var rrr = rrrMillis.get(name + "-" + i);
      if (at == null || rrr == null) {
        missing++;
        continue;
      }
      var total = (at - sent[i]) / NANOS_A_MILLI;
      times.total().add(total);
      times.rrr().add((double) rrr);
      times.added().add(total - rrr);
    }
    return new Times(times.total(), times.rrr(), times.added(), missing);
  }

  private void announced(ConsumerRecord<byte[], byte[]> record) {
    var now = System.nanoTime();
    var change = changes.deserialize(record.topic(), record.value());
    if (change.getStatus() != RedemptionStatus.QUOTING)
      answeredAt.putIfAbsent(change.getOrderId(), now);
  }

  private void answered(ConsumerRecord<byte[], byte[]> record) {
    var reply = replies.deserialize(record.topic(), record.value());
    rrrMillis.putIfAbsent(new String(record.key(), StandardCharsets.UTF_8), reply.getRrrMillis());
  }
}
