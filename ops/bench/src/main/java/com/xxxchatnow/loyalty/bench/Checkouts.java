package com.xxxchatnow.loyalty.bench;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionReply;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
  private static final double NANOS_A_SECOND = 1e9;
  private static final long SEED = 1;

  /** The way of a checkout, in hops that are told by its records: the names, in their order. */
  enum Hop {
    REQUEST_READ("request → read by the saga"),
    RRR_ASKED("saga's transaction → RRR is asked"),
    RRR_ANSWERS("RRR's own time"),
    ANSWER_READ("caller's transaction → read by the saga"),
    DECISION_SEEN("saga's transaction → seen by a reader");

    private final String text;

    Hop(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Per checkout, in milliseconds; {@code missing} had no answer at all. */
  record Times(List<Double> total, List<Double> added, Map<Hop, List<Double>> hops, int missing) {}

  /** A decision, and when the reader had it. */
  private record Decided(RedemptionStatusChanged change, Instant at, long nanos) {}

  private final Clock clock = Clock.systemUTC();
  private final KafkaProducer<String, byte[]> producer;
  private final Serializer<RedemptionRequested> serializer;
  private final Deserializer<RedemptionStatusChanged> changes;
  private final Deserializer<RedemptionReply> replies;
  private final Map<String, Instant> requested = new ConcurrentHashMap<>();
  private final Map<String, RedemptionStatusChanged> quoting = new ConcurrentHashMap<>();
  private final Map<String, RedemptionReply> answered = new ConcurrentHashMap<>();
  private final Map<String, Decided> decided = new ConcurrentHashMap<>();
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
        new TopicFollower(
            Topics.REDEMPTIONS.name(), From.BEGINNING, "announcements", kafka, this::announced);
    answers =
        new TopicFollower(
            Topics.REDEMPTION_REPLIES.name(), From.BEGINNING, "replies", kafka, this::replied);
  }

  /**
   * An open loop: each checkout begins at its own moment, late answers or not; the moments are as
   * random as those of people who do not know each other (exponential gaps), the same in each run.
   */
  Times run(String name, int rate, Duration time) {
    var count = (int) (rate * time.toSeconds());
    var random = new Random(SEED);
    var at = System.nanoTime();
    var sent = new long[count];
    for (var i = 0; i < count; i++) {
      at += Math.round(random.nextExponential() * NANOS_A_SECOND / rate);
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
    requested.put(order, request.getRequestedAt());
    var topic = Topics.REDEMPTION_REQUESTS.name();
    var _ = producer.send(new ProducerRecord<>(topic, order, serializer.serialize(topic, request)));
  }

  private void awaitAnswers(String name, int count) {
    var end = System.nanoTime() + LAST_ANSWER.toNanos();
    while (System.nanoTime() < end && !all(name, count))
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
  }

  private boolean all(String name, int count) {
    for (var i = count - 1; i >= 0; i--) if (!complete(name + "-" + i)) return false;
    return true;
  }

  private boolean complete(String order) {
    return quoting.containsKey(order) && answered.containsKey(order) && decided.containsKey(order);
  }

  private Times times(String name, long[] sent) {
    var total = new ArrayList<Double>();
    var added = new ArrayList<Double>();
    var hops = new EnumMap<Hop, List<Double>>(Hop.class);
    for (var hop : Hop.values()) hops.put(hop, new ArrayList<>());
    for (var i = 0; i < sent.length; i++) {
      var order = name + "-" + i;
      if (!complete(order)) continue;
      var time = (decided.get(order).nanos - sent[i]) / NANOS_A_MILLI;
      total.add(time);
      added.add(time - answered.get(order).getRrrMillis());
      hops(order).forEach((hop, millis) -> hops.get(hop).add(millis));
    }
    return new Times(total, added, hops, sent.length - total.size());
  }

  /** By the clocks of saga and bench, which are one, to a millisecond. */
  private Map<Hop, Double> hops(String order) {
    var asked = quoting.get(order).getOccurredAt();
    var reply = answered.get(order);
    var rrr = Duration.ofMillis(reply.getRrrMillis());
    var decision = decided.get(order);
    return Map.of(
        Hop.REQUEST_READ, millis(requested.get(order), asked),
        Hop.RRR_ASKED, millis(asked, reply.getAnsweredAt().minus(rrr)),
        Hop.RRR_ANSWERS, (double) rrr.toMillis(),
        Hop.ANSWER_READ, millis(reply.getAnsweredAt(), decision.change.getOccurredAt()),
        Hop.DECISION_SEEN, millis(decision.change.getOccurredAt(), decision.at));
  }

  private static double millis(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / NANOS_A_MILLI;
  }

  private void announced(ConsumerRecord<byte[], byte[]> record) {
    var nanos = System.nanoTime();
    var change = changes.deserialize(record.topic(), record.value());
    if (change.getStatus() == RedemptionStatus.QUOTING)
      quoting.putIfAbsent(change.getOrderId(), change);
    else decided.putIfAbsent(change.getOrderId(), new Decided(change, clock.instant(), nanos));
  }

  private void replied(ConsumerRecord<byte[], byte[]> record) {
    var reply = replies.deserialize(record.topic(), record.value());
    answered.putIfAbsent(reply.getOrderId(), reply);
  }
}
