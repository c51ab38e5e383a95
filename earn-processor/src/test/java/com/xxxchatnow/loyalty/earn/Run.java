package com.xxxchatnow.loyalty.earn;

import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A run of many purchases through instances that are processes of their own, while processes are
 * killed, a broker stops and RRR misbehaves; then {@link #mustHold} judges.
 */
final class Run {
  private static final int USERS = 250;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final EarnStack stack;
  private final Random random;
  private final List<Expected> expected = new ArrayList<>();
  private final List<JavaProcess> processes = new ArrayList<>();
  private int kills;
  private boolean brokerStops;
  private boolean outage;
  private boolean foreign;

  /**
   * A record and how it has to end.
   *
   * @param purchase null: bytes that nobody can read
   * @param points above 0: booked at RRR
   */
  record Expected(
      PurchaseCompleted purchase, String userId, String orderId, Reason reason, long points) {
    String end() {
      if (reason == null) return EarnStatus.EARNED + " null " + points;
      var skipped = reason == Reason.NOT_LINKED || reason == Reason.ZERO_POINTS;
      return (skipped ? EarnStatus.SKIPPED : EarnStatus.DEAD_LETTERED) + " " + reason + " 0";
    }
  }

  /** What the judges saw. */
  record Seen(
      List<LedgerEntry> ledger,
      List<EarnResult> results,
      List<ConsumerRecord<byte[], byte[]>> deadLetters) {}

  private Run(EarnStack stack, int purchases, long seed) {
    this.stack = stack;
    this.random = new Random(seed);
    for (var i = 0; i < purchases; i++) expected.add(purchase(i));
  }

  static Run of(int purchases, long seed, EarnStack stack) {
    return new Run(stack, purchases, seed);
  }

  /** So often one of the instances is killed, as by SIGKILL, and another one started. */
  Run killing(int times) {
    kills = times;
    return this;
  }

  /** One of the brokers is stopped for a third of the run. */
  Run stoppingABroker() {
    brokerStops = true;
    return this;
  }

  /** Somebody writes purchases and noise to the topics of flags and links, which concern nobody. */
  Run withForeignRecords() {
    foreign = true;
    return this;
  }

  Run againstAnOutage() {
    outage = true;
    return this;
  }

  /** Such a share of the calls meets such a fault. */
  Run against(Fault fault, double share) {
    stack.simulator.faults().add(FaultRule.of(fault).share(share));
    return this;
  }

  void mustHold(Guarantee... guarantees) {
    start();
    start();
    var slice = expected.size() / (kills + 1);
    var broker = 1 + random.nextInt(stack.kafka.brokers());
    for (var kill = 0; kill < kills; kill++) {
      if (brokerStops && kill == kills / 3) stack.kafka.stopBroker(broker);
      if (brokerStops && kill == 2 * kills / 3) stack.kafka.startBroker(broker);
      if (outage && kill == kills / 2) outage();
      if (foreign) foreignRecords();
      publish(expected.subList(kill * slice, (kill + 1) * slice));
      somewhereInTheMiddle();
      processes.remove(random.nextInt(processes.size())).kill();
      start();
    }
    publish(expected.subList(kills * slice, expected.size()));
    var readable = expected.stream().filter(each -> each.purchase() != null).count();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> stack.results().size() >= readable);
    var seen = new Seen(stack.booked(), stack.results(), stack.deadLetters());
    for (var guarantee : guarantees) guarantee.check(expected, seen);
  }

  private void foreignRecords() {
    var purchase = stack.bytes(Purchases.tokens("foreign", "foreign", 100).build());
    for (var topic : List.of(Topics.FLAGS.name(), Topics.LINK_UPDATES.name())) {
      stack.send(topic, "foreign", purchase);
      stack.send(topic, "foreign", "noise".getBytes(StandardCharsets.UTF_8));
      stack.send(topic, "foreign", null);
    }
  }

  private void outage() {
    var lasting = Depth.of(Duration.ofSeconds(3), Duration.ofSeconds(6));
    stack.simulator.faults().add(FaultRule.of(new Fault.Outage(true)).lasting(lasting));
  }

  private void start() {
    processes.add(stack.process(EarnProcessor.class));
  }

  /** Chance decides how far the processes come before the next blow. */
  private void somewhereInTheMiddle() {
    var results = stack.results().size() + random.nextInt(Depth.of(50, 200));
    var pause = Duration.ofMillis(random.nextInt(Depth.of(1_000, 3_000)));
    var limit = System.nanoTime() + Depth.of(10, 20) * 1_000_000_000L;
    await()
        .atMost(Duration.ofSeconds(30))
        .pollDelay(pause)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> stack.results().size() >= results || System.nanoTime() > limit);
  }

  private void publish(List<Expected> slice) {
    for (var each : slice) {
      var bytes =
          each.purchase() == null
              ? "nobody reads this".getBytes(StandardCharsets.UTF_8)
              : stack.bytes(each.purchase());
      stack.post(Topics.PURCHASES.name(), each.userId(), bytes);
    }
    stack.flush();
  }

  private Expected purchase(int number) {
    var user = "user-" + random.nextInt(USERS);
    var order = "order-%05d".formatted(number);
    var cents = 100 + random.nextInt(20_000);
    return switch (random.nextInt(100)) {
      case 0, 1 -> of(order, "unlinked-" + user, cents, Reason.NOT_LINKED);
      case 2, 3 -> of(order, user, 1 + random.nextInt(99), Reason.ZERO_POINTS);
      case 4 -> of("refused-" + order, user, cents, Reason.REFUSED_VALIDATION);
      case 5 -> of(order, user, -cents, Reason.INVALID);
      case 6 -> new Expected(null, user, order, Reason.UNREADABLE, 0);
      default -> earning(order, user, cents);
    };
  }

  private static Expected of(String order, String user, long cents, Reason reason) {
    return new Expected(Purchases.tokens(order, user, cents).build(), user, order, reason, 0);
  }

  /** The contract's points once more, in whole numbers. */
  private Expected earning(String order, String user, int cents) {
    var vip = random.nextInt(4) == 0;
    var member = random.nextInt(4) == 0;
    var purchase =
        member ? Purchases.membership(order, user, cents) : Purchases.tokens(order, user, cents);
    var hundredths = member ? cents / 100 * 200L : cents;
    var points = vip ? hundredths * 3 / 200 : hundredths / 100;
    purchase.setUserTier(vip ? "VIP" : null);
    return new Expected(purchase.build(), user, order, null, points);
  }
}
