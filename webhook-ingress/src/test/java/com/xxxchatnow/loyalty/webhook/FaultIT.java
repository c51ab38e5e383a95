package com.xxxchatnow.loyalty.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.edge.Sender;
import com.xxxchatnow.loyalty.webhook.edge.Webhook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty thousand deliveries by a sender that retries as RRR does, while ingress processes are
 * killed and one of three brokers is away: each event is told exactly once, none is missing, and
 * the events of a member are told in the order they were answered.
 */
class FaultIT {
  private static final int EVENTS = Depth.of("fault.events", 3_000, 15_000);
  private static final int DUPLICATES = Depth.of(992, 5_024);
  private static final int MEMBERS = 300;
  private static final int LANES = 32;
  private static final long SEED = Long.getLong("fault.seed", 20_261_122L);
  private static final Duration STARTING = Duration.ofSeconds(60);

  private final AtomicInteger delivered = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicReferenceArray<JavaProcess> ingresses = new AtomicReferenceArray<>(2);
  private final int[] ports = new int[2];

  @Test
  void every_event_is_told_once_whatever_is_killed(@TempDir Path state) throws Exception {
    try (var kafka = LocalKafka.start(LocalKafkaConfig.threeBrokers());
        var registry = LocalRegistry.start();
        var rrr = new Sender()) {
      var pipeline = new LocalPipeline(kafka, registry).provisioned();
      for (var i = 0; i < 2; i++) start(i, pipeline, state);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var chaos = threads.submit(() -> chaos(pipeline, state));
        send(rrr, threads);
        chaos.get();
        var told = awaitAll(pipeline);

        System.out.printf(
            "fault, seed %d: %d delivered, %d attempts refused or cut%n",
            SEED, delivered.get(), refused.get());
        assertThat(delivered.get()).isGreaterThanOrEqualTo(EVENTS + DUPLICATES - LANES);
        assertThat(told.values().stream().mapToInt(List::size).sum()).isEqualTo(EVENTS);
        assertThat(told).isEqualTo(sent());
      } finally {
        for (var i = 0; i < 2; i++) ingresses.get(i).kill();
      }
    }
  }

  /** Sends every member's events one after another, some of them again, until all are answered. */
  private void send(Sender rrr, ExecutorService threads) throws Exception {
    var lanes = new ArrayList<Future<?>>();
    for (var lane = 0; lane < LANES; lane++) {
      var mine = lane;
      lanes.add(threads.submit(() -> lane(mine, rrr)));
    }
    for (var lane : lanes) lane.get();
  }

  private Void lane(int lane, Sender rrr) throws Exception {
    var random = new SplittableRandom(SEED + lane);
    var duplicates = DUPLICATES / LANES;
    for (var i = 0; i < EVENTS; i++) {
      if (member(i) % LANES != lane) continue;
      deliver(i, rrr, random);
      if (duplicates > 0 && random.nextInt(EVENTS) < DUPLICATES * 2) {
        duplicates--;
        deliver(member(i) + MEMBERS * random.nextInt(i / MEMBERS + 1), rrr, random);
      }
    }
    return null;
  }

  private void deliver(int event, Sender rrr, SplittableRandom random) throws Exception {
    var webhook = Webhook.posted("event-" + event, "member-" + member(event));
    for (var attempt = 1; !taken(webhook, ports[random.nextInt(2)], rrr); attempt++) {
      refused.incrementAndGet();
      LockSupport.parkNanos(Duration.ofMillis(Math.min(1_000, 50L * attempt)).toNanos());
    }
    delivered.incrementAndGet();
  }

  private static boolean taken(Webhook webhook, int port, Sender rrr) throws InterruptedException {
    try {
      var status = rrr.send(port, webhook).statusCode();
      assertThat(status).isIn(200, 503);
      return status == 200;
    } catch (IOException cut) {
      return false;
    }
  }

  private Void chaos(LocalPipeline pipeline, Path state) {
    awaitDelivered(0.15);
    restart(0, pipeline, state);
    awaitDelivered(0.30);
    pipeline.kafka().stopBroker(2);
    awaitDelivered(0.45);
    restart(1, pipeline, state);
    awaitDelivered(0.60);
    ingresses.get(0).kill();
    restart(1, pipeline, state);
    start(0, pipeline, state);
    awaitDelivered(0.80);
    pipeline.kafka().startBroker(2);
    return null;
  }

  private void awaitDelivered(double share) {
    await()
        .atMost(Duration.ofMinutes(5))
        .until(() -> delivered.get() >= share * (EVENTS + DUPLICATES));
  }

  private void restart(int i, LocalPipeline pipeline, Path state) {
    ingresses.get(i).kill();
    start(i, pipeline, state);
  }

  private void start(int i, LocalPipeline pipeline, Path state) {
    var child =
        JavaProcess.of(WebhookIngress.class)
            .name("ingress-" + i)
            .env(pipeline.env())
            .env("RRR_WEBHOOK_SECRET", Sender.SECRET)
            .env("HTTP_PORT", Integer.toString(ports[i]))
            .env("ADMIN_PORT", "0")
            .env("WEBHOOK_STATE_DIR", state.resolve("ingress-" + i).toString())
            .start();
    ingresses.set(i, child);
    var line = child.awaitLine("takes webhooks at http", STARTING);
    ports[i] = Integer.parseInt(line.replaceAll(".*127\\.0\\.0\\.1:(\\d+)/.*", "$1"));
  }

  private static Map<String, List<String>> awaitAll(LocalPipeline pipeline) {
    return await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> pipeline.read(Topics.POINTS_POSTED),
            told -> told.stream().map(FaultIT::eventId).distinct().count() >= EVENTS)
        .stream()
        .collect(byMember(it -> it.key(), FaultIT::eventId));
  }

  private static String eventId(ConsumerRecord<String, PointsPosted> told) {
    return told.value().getEventId();
  }

  private static Map<String, List<String>> sent() {
    return IntStream.range(0, EVENTS)
        .boxed()
        .collect(byMember(i -> "member-" + member(i), i -> "event-" + i));
  }

  private static <T> Collector<T, ?, Map<String, List<String>>> byMember(
      Function<T, String> member, Function<T, String> event) {
    return Collectors.groupingBy(
        member, LinkedHashMap::new, Collectors.mapping(event, Collectors.toList()));
  }

  private static int member(int event) {
    return event % MEMBERS;
  }
}
