package com.xxxchatnow.loyalty.earn;

import static com.xxxchatnow.loyalty.earn.Purchases.tokens;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A process that ends between any two steps of the path loses no purchase and doubles none. */
class CrashIT {
  private static final int PURCHASES = 60;
  private static EarnStack stack;
  @TempDir private static Path folder;

  @BeforeAll
  static void start() {
    stack = new EarnStack(SimulatorConfig.defaults().withoutRateLimit());
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  /**
   * {@code WorkerIT} holds each step for every worker. What is the earn processor's own is the call
   * to RRR, and that comes before these two.
   */
  static Stream<Step> steps() {
    return Depth.isDeep() ? Stream.of(Step.values()) : Stream.of(Step.HANDLED, Step.OFFSETS_SENT);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void each_purchase_is_booked_and_told_once_although_the_process_ends_at(Step step)
      throws IOException {
    var client = Files.writeString(folder.resolve("c.properties"), "transaction.timeout.ms=3000\n");
    stack.with("KAFKA_CLIENT_CONFIG", client.toString());
    var each = step == Step.HANDLING || step == Step.HANDLED;
    var process = stack.process(HaltingEarnProcessor.class, step.name(), each ? "20" : "2");
    var purchases = new ArrayList<PurchaseCompleted>();
    for (var i = 0; i < PURCHASES; i++)
      purchases.add(tokens(step + "-" + i, step + "-user-" + i % 10, 300).build());
    stack.publish(purchases.subList(0, 10));
    await().atMost(ofSeconds(60)).until(() -> !orders(step).isEmpty() || !process.alive());
    stack.publish(purchases.subList(10, PURCHASES));
    assertThat(process.awaitExit(ofSeconds(60))).isEqualTo(9);

    stack.instance();
    await()
        .atMost(ofSeconds(60))
        .pollInterval(ofMillis(200))
        .until(() -> orders(step).size() >= PURCHASES);
    var expected = purchases.stream().map(PurchaseCompleted::getOrderId).toList();
    assertThat(orders(step)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(
            stack.booked().stream()
                .map(LedgerEntry::orderId)
                .filter(order -> order.startsWith(step + "-")))
        .containsExactlyInAnyOrderElementsOf(expected);
    stack.stopInstances();
  }

  /**
   * RRR has booked for the member of then, the process dies before it can say so, and the link
   * changes. What is sent again would be another payload under the same key.
   */
  @Test
  void a_link_that_changes_between_a_booking_and_its_repetition_is_never_paid_twice()
      throws IOException {
    var client = Files.writeString(folder.resolve("l.properties"), "transaction.timeout.ms=3000\n");
    stack.with("KAFKA_CLIENT_CONFIG", client.toString());
    var faults = stack.simulator.faults();
    for (var order : List.of("moved", "left"))
      faults.add(FaultRule.of(new Fault.ApplyThenDrop()).matching("purchase_" + order).next(1));
    faults.add(FaultRule.of(new Fault.Status(503)).on("/v1/points/earn"));
    var process = stack.process(EarnProcessor.class);
    stack.publish(
        List.of(tokens("moved", "moving", 300).build(), tokens("left", "leaving", 300).build()));
    await().atMost(ofSeconds(60)).until(() -> bookedFor("moved", "left").size() == 2);
    process.kill();
    faults.clear();

    var another = UUID.randomUUID().toString();
    stack.simulator.unlink("moving");
    stack.simulator.link("moving", another);
    linked("moving", another, LinkStatus.ACTIVE);
    stack.simulator.unlink("leaving");
    linked("leaving", Simulator.memberOf("leaving"), LinkStatus.REVOKED);
    stack.instance();
    await()
        .atMost(ofSeconds(60))
        .pollInterval(ofMillis(200))
        .ignoreExceptions()
        .until(() -> stack.resultOf("moved") != null && stack.resultOf("left") != null);

    // RRR's refusal is the alarm: the ledger alone tells that the first call was booked.
    assertThat(stack.resultOf("moved").getReason()).isEqualTo(Reason.KEY_REUSED);
    assertThat(stack.deadLetters()).hasSize(1);
    // They bought before they left: RRR is asked under the same key, and has booked it.
    assertThat(stack.resultOf("left").getStatus()).isEqualTo(EarnStatus.EARNED);
    assertThat(stack.resultOf("left").getRrrMemberId()).isEqualTo(Simulator.memberOf("leaving"));
    assertThat(bookedFor("moved", "left"))
        .containsExactlyInAnyOrder(Simulator.memberOf("moving"), Simulator.memberOf("leaving"));
    stack.stopInstances();
  }

  /**
   * RRR has booked, the process dies before it can say so, and what was decided before the call
   * would be decided otherwise now.
   */
  @Test
  void what_rrr_booked_before_a_crash_is_earned_whatever_was_changed_meanwhile()
      throws IOException {
    var client = Files.writeString(folder.resolve("d.properties"), "transaction.timeout.ms=3000\n");
    stack.with("KAFKA_CLIENT_CONFIG", client.toString());
    var faults = stack.simulator.faults();
    for (var order : List.of("switched-off", "forgotten"))
      faults.add(FaultRule.of(new Fault.ApplyThenDrop()).matching("purchase_" + order).next(1));
    faults.add(FaultRule.of(new Fault.Status(503)).on("/v1/points/earn"));
    var process = stack.process(EarnProcessor.class);
    stack.publish(
        List.of(
            tokens("switched-off", "u-switched", 300).build(),
            tokens("forgotten", "u-forgotten", 300).build()));
    await().atMost(ofSeconds(60)).until(() -> bookedFor("switched-off", "forgotten").size() == 2);
    process.kill();
    faults.clear();

    stack.simulator.unlink("u-forgotten");
    stack.with("RRR_EARN_ENABLED", "false").with("KAFKA_CLIENT_CONFIG", client.toString());
    stack.instance();
    await()
        .atMost(ofSeconds(60))
        .pollInterval(ofMillis(200))
        .ignoreExceptions()
        .until(() -> stack.resultOf("switched-off") != null);
    assertThat(stack.resultOf("switched-off").getStatus()).isEqualTo(EarnStatus.EARNED);
    assertThat(stack.resultOf("switched-off").getPoints()).isEqualTo(3);
    // No event and not RRR names the member of the call any more: that is for an operator to see.
    await()
        .atMost(ofSeconds(60))
        .ignoreExceptions()
        .until(() -> stack.resultOf("forgotten").getStatus() == EarnStatus.DEAD_LETTERED);
    assertThat(stack.resultOf("forgotten").getReason()).isEqualTo(Reason.DISABLED);
    // The ledger has shown that RRR keeps our keys: what it does not have was not booked.
    stack.publish(tokens("never-sent", "u-switched", 300).build());
    await()
        .atMost(ofSeconds(60))
        .ignoreExceptions()
        .until(() -> stack.resultOf("never-sent").getReason() == Reason.DISABLED);
    assertThat(bookedFor("switched-off", "never-sent")).hasSize(1);
    stack.stopInstances();
  }

  /** As above; here the rollout is lowered, a day passes, and a link is gone that no event told. */
  @Test
  void what_rrr_booked_is_earned_although_the_rollout_was_lowered_or_its_key_grew_too_old()
      throws IOException {
    var client = Files.writeString(folder.resolve("r.properties"), "transaction.timeout.ms=3000\n");
    stack.with("KAFKA_CLIENT_CONFIG", client.toString());
    var orders = new String[] {"out-of-rollout", "too-old", "unknown"};
    var faults = stack.simulator.faults();
    for (var order : orders)
      faults.add(FaultRule.of(new Fault.ApplyThenDrop()).matching("purchase_" + order).next(1));
    faults.add(FaultRule.of(new Fault.Status(503)).on("/v1/points/earn"));
    var process = stack.process(EarnProcessor.class);
    stack.publish(
        List.of(
            tokens("out-of-rollout", "u-out", 300).build(),
            tokens("unknown", "u-unknown", 300).build()));
    var almostTooOld = Instant.now().minus(IdempotencyKeys.SAFE_FOR).plus(ofHours(12));
    var old = stack.bytes(tokens("too-old", "u-old", 300).build());
    var record =
        new ProducerRecord<>(
            Topics.PURCHASES.name(), "u-old".getBytes(StandardCharsets.UTF_8), old);
    record.headers().add(DeadLetter.REPLAYS, "1".getBytes(StandardCharsets.UTF_8));
    record
        .headers()
        .add(
            DeadLetter.SOURCE_TIMESTAMP,
            Long.toString(almostTooOld.toEpochMilli()).getBytes(StandardCharsets.UTF_8));
    stack.send(record);
    await().atMost(ofSeconds(60)).until(() -> bookedFor(orders).size() == orders.length);
    process.kill();
    faults.clear();

    stack.simulator.unlink("u-unknown");
    stack.with("RRR_ROLLOUT_PERCENT", "0").with("RRR_BETA_USERS", "u-old,u-unknown");
    stack.with("KAFKA_CLIENT_CONFIG", client.toString());
    stack.instance(config -> config.with(Clock.offset(Clock.systemUTC(), ofHours(24))));
    await()
        .atMost(ofSeconds(60))
        .pollInterval(ofMillis(200))
        .ignoreExceptions()
        .until(() -> Stream.of(orders).allMatch(order -> stack.resultOf(order) != null));
    for (var order : List.of("out-of-rollout", "too-old"))
      assertThat(stack.resultOf(order).getStatus()).as(order).isEqualTo(EarnStatus.EARNED);
    assertThat(stack.resultOf("unknown").getStatus()).isEqualTo(EarnStatus.DEAD_LETTERED);
    assertThat(stack.resultOf("unknown").getReason()).isEqualTo(Reason.NOT_LINKED);
    assertThat(stack.resultOf("unknown").getDetail()).contains("ops/loyalty earn why");
    assertThat(bookedFor(orders)).hasSize(orders.length);
    stack.stopInstances();
  }

  @Test
  void another_key_format_is_refused_while_a_call_may_be_under_way() throws IOException {
    var client = Files.writeString(folder.resolve("k.properties"), "transaction.timeout.ms=3000\n");
    stack.with("KAFKA_CLIENT_CONFIG", client.toString());
    var faults = stack.simulator.faults();
    faults.add(FaultRule.of(new Fault.ApplyThenDrop()).matching("purchase_formatted").next(1));
    faults.add(FaultRule.of(new Fault.Status(503)).on("/v1/points/earn"));
    var process = stack.process(EarnProcessor.class);
    stack.publish(tokens("formatted", "u-formatted", 300).build());
    await().atMost(ofSeconds(60)).until(() -> bookedFor("formatted").size() == 1);
    process.kill();
    faults.clear();

    stack.with("RRR_IDEMPOTENCY_KEY_FORMAT", "uuid");
    var refused = stack.instance();
    await().atMost(ofSeconds(60)).until(() -> refused.failure().isDone());
    assertThat(refused.failure().join()).hasMessageContaining("ops/loyalty earn identity");
    stack.stopInstances();
    stack.instance();
    await()
        .atMost(ofSeconds(60))
        .pollInterval(ofMillis(200))
        .ignoreExceptions()
        .until(() -> stack.resultOf("formatted").getStatus() == EarnStatus.EARNED);
    assertThat(bookedFor("formatted")).hasSize(1);
    stack.stopInstances();
  }

  private static List<String> bookedFor(String... orders) {
    return stack.booked().stream()
        .filter(entry -> List.of(orders).contains(entry.orderId()))
        .map(LedgerEntry::memberId)
        .toList();
  }

  private static void linked(String userId, String member, LinkStatus status) {
    stack.link(
        LinkUpdated.newBuilder()
            .setEventId(UUID.randomUUID().toString())
            .setUserId(userId)
            .setMemberId(member)
            .setStatus(status)
            .setReceivedAt(Instant.now())
            .build());
  }

  private static List<String> orders(Step step) {
    return stack.results().stream()
        .map(EarnResult::getOrderId)
        .filter(order -> order.startsWith(step + "-"))
        .toList();
  }
}
