package com.xxxchatnow.loyalty.redemption;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.redemption.query.RedemptionJson;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RRR is unavailable, and many people wait for their quotes at once. */
class OutageIT {
  private static final int CHECKOUTS = Depth.of(200, 1_000);
  private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration TOLERANCE = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Map<String, Instant> requested = new ConcurrentHashMap<>();
  private static final Map<String, Instant> rejected = new ConcurrentHashMap<>();
  private static RedemptionFixture world;

  @BeforeAll
  static void start() {
    world = new RedemptionFixture();
    world.saga(Map.of());
    world.onAnnounced(OutageIT::announced);
    // Compiled before it is measured, and RRR's token is there.
    for (var i = 0; i < CHECKOUTS; i++) world.requests("warm-" + i, "u-" + i, 10);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() ->
            orders("warm-")
                .allMatch(order ->
                    world.last(order) != null
                        && RedemptionJson.decided(world.last(order).getStatus())));
    outage("first-", new Fault.Outage(false));
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  static Stream<Fault> outages() {
    return Stream.of(new Fault.Outage(false), new Fault.Delay(Duration.ofSeconds(20)));
  }

  @ParameterizedTest
  @MethodSource("outages")
  void all_waiting_checkouts_are_rejected_at_the_quote_timeout(Fault fault) {
    var prefix = fault.kind() + "-";
    try (var machine = new Metronome()) {
      outage(prefix, fault);
      var stoodStill = machine.worst();
      for (var i = 0; i < CHECKOUTS; i++) {
        assertThat(world.last(prefix + i).getReason()).isEqualTo(Reason.RRR_UNAVAILABLE);
        assertThat(Duration.between(requested.get(prefix + i), rejected.get(prefix + i)))
            .as("%s%d, on a machine that stood still for %s", prefix, i, stoodStill)
            .isBetween(TIMEOUT, TIMEOUT.plus(TOLERANCE).plus(stoodStill));
      }
      print(prefix, stoodStill);
    }
  }

  /** Requests faster than anybody reads them; returns when the last of them is rejected. */
  private static void outage(String prefix, Fault fault) {
    world.simulator.faults().add(FaultRule.of(fault));
    for (var i = 0; i < CHECKOUTS; i++) {
      world.requests(prefix + i, "u-" + i, 10);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    Awaitility.await().atMost(PATIENCE).until(() -> orders(prefix).allMatch(rejected::containsKey));
    world.simulator.faults().clear();
  }

  private static void announced(RedemptionStatusChanged change) {
    var order = change.getOrderId();
    if (change.getVersion() == 1) requested.put(order, change.getRequest().getRequestedAt());
    if (change.getStatus() == RedemptionStatus.REJECTED) rejected.put(order, Instant.now());
  }

  private static Stream<String> orders(String prefix) {
    return IntStream.range(0, CHECKOUTS).mapToObj(i -> prefix + i);
  }

  private static void print(String prefix, Duration stoodStill) {
    var millis =
        orders(prefix)
            .mapToLong(
                order -> Duration.between(requested.get(order), rejected.get(order)).toMillis())
            .summaryStatistics();
    System.out.printf(
        "%s%d rejected after %d to %d ms, on average %.0f; the machine stood still for %d ms%n",
        prefix,
        millis.getCount(),
        millis.getMin(),
        millis.getMax(),
        millis.getAverage(),
        stoodStill.toMillis());
  }

  /**
   * How long the machine itself stood still: records go through the same broker to a reader like
   * that of the announcements, each at its moment, and what the slowest took is not the saga's.
   */
  private static final class Metronome implements AutoCloseable {
    private static final Duration BEAT = Duration.ofMillis(20);
    private static final int FIRST_BEATS = 25;

    private final long begin = System.nanoTime();
    private final AtomicInteger beaten = new AtomicInteger();
    private final AtomicLong worstNanos = new AtomicLong();
    private final KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            world.settings.client("metronome", Map.of("linger.ms", 0)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    private final TopicFollower reader =
        new TopicFollower(
            Topics.PURCHASES.name(),
            From.BEGINNING,
            "metronome",
            world.settings,
            record -> beaten(ByteBuffer.wrap(record.value()).getLong()));
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
    private long next = begin;

    /** Returns when it beats. */
    Metronome() {
      var _ = beats.scheduleAtFixedRate(this::beat, 0, BEAT.toMillis(), TimeUnit.MILLISECONDS);
      Awaitility.await().atMost(PATIENCE).until(() -> beaten.get() > FIRST_BEATS);
    }

    Duration worst() {
      return Duration.ofNanos(worstNanos.get());
    }

    /** Its moment is when it was due, not when there was time for it. */
    private void beat() {
      var due = ByteBuffer.allocate(Long.BYTES).putLong(next).array();
      next += BEAT.toNanos();
      var _ = producer.send(new ProducerRecord<>(Topics.PURCHASES.name(), due));
    }

    /** The first ones tell how long producer and reader took to begin. */
    private void beaten(long due) {
      var mine = due >= begin;
      if (mine && beaten.incrementAndGet() > FIRST_BEATS)
        worstNanos.accumulateAndGet(System.nanoTime() - due, Math::max);
    }

    @Override
    public void close() {
      beats.shutdownNow();
      producer.close();
      reader.close();
    }
  }
}
