package com.xxxchatnow.loyalty.cli.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.cli.Cli;
import com.xxxchatnow.loyalty.cli.CliFixture;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An outage of a feature and its repair, with the real earn processor; RRR's ledger judges. */
class DltEndToEndIT {
  private static final int PURCHASES = Depth.of(100, 1_000);

  /** With the one that shows that earning is off. */
  private static final int ALL = PURCHASES + 1;

  private static final String DEAD = "payments.purchases.v1.dlt";

  @Test
  void purchases_of_an_outage_of_the_feature_are_replayed_and_earned_once() {
    try (var world = new CliFixture();
        var _ = world.earnProcessor(Map.of())) {
      var cli = world.cliNow();
      assertThat(cli.run("flags", "set", "RRR_EARN_ENABLED", "false").code()).isZero();
      awaitOff(world);
      publish(world, PURCHASES);
      awaitResults(world, EarnStatus.DEAD_LETTERED, PURCHASES + 1);
      assertThat(cli.run("flags", "set", "RRR_EARN_ENABLED", "true").out())
          .isEqualTo("flag: RRR_EARN_ENABLED\nbefore: false\nnow: true\n");

      var dry = cli.run("dlt", "replay", DEAD, "--reason", "DISABLED");
      assertThat(dry.out()).contains("to send: " + ALL, "refused: 0", "Nothing was sent");
      assertThat(world.rrr().ledger()).isEmpty();

      var replay = replay(cli);
      assertThat(replay.out())
          .as(replay.err())
          .isEqualTo("sent: " + ALL + "\nrefused: 0\nFinished.\n");
      awaitResults(world, EarnStatus.EARNED, PURCHASES + 1);
      assertEachEarnedOnce(world);

      var again = cli.run("dlt", "replay", DEAD, "--reason", "DISABLED", "--again");
      assertThat(again.out())
          .contains("to send: " + ALL, ALL + " were replayed before", "nothing is booked twice");
      assertThat(replay(cli).out()).startsWith("sent: 0\n");
      assertThat(replay(cli, "--again").out()).startsWith("sent: " + ALL + "\n");
      awaitResults(world, EarnStatus.EARNED, 2 * (PURCHASES + 1));
      assertEachEarnedOnce(world);
      assertThat(world.read(DEAD)).hasSize(PURCHASES + 1);

      assertThat(cli.run("earn", "why", "o-7").out())
          .contains("dead letter", "DISABLED", "purchase, replayed", "EARNED, 10 points", "RRR ");
    }
  }

  @Test
  void an_old_purchase_is_replayed_only_when_the_ledger_shows_that_it_was_never_earned() {
    try (var world = new CliFixture();
        var _ = world.earnProcessor(Map.of())) {
      var cli = world.cliNow();
      // Earned, but its key is long forgotten; and one that nobody ever sent.
      world.publish(Topics.PURCHASES, "u-1", CliFixture.purchase("earned", "u-1", Instant.now()));
      awaitResults(world, EarnStatus.EARNED, 1);
      var longAgo = Instant.now().minus(Duration.ofDays(40));
      for (var order : List.of("earned", "lost"))
        deadLetter(
            world,
            longAgo,
            PurchaseCompleted.newBuilder(CliFixture.purchase(order, "u-1", longAgo))
                .setRrrMemberId(Simulator.memberOf("u-1"))
                .build());
      // Linked after the purchase: it may have been earned for a former member.
      deadLetter(world, longAgo, CliFixture.purchase("relinked", "u-1", longAgo));

      var replay = replay(cli, "--source", "tester");

      assertThat(replay.code()).as(replay.toString()).isEqualTo(ExitCode.DIFFERENT);
      assertThat(replay.err())
          .contains("RRR may have forgotten its key, and RRR's ledger has it: entry")
          .contains(
              "EXPIRED_KEY", "which member its user had then is not known for certain any more")
          .contains("1 are old, but RRR's ledger shows that they were never earned");
      assertThat(replay.out()).startsWith("sent: 1\nrefused: 2\n");
      awaitResults(world, EarnStatus.EARNED, 2);
      assertThat(world.rrr().ledger())
          .extracting(LedgerEntry::orderId)
          .containsExactlyInAnyOrder("earned", "lost");
    }
  }

  @Test
  void another_key_format_is_refused_until_the_command_has_recorded_it() throws Exception {
    try (var world = new CliFixture()) {
      var faults = world.rrr().faults();
      faults.add(FaultRule.of(new Fault.ApplyThenDrop()).matching("purchase_o-1").next(1));
      faults.add(FaultRule.of(new Fault.Status(503)).on("/v1/points/earn"));
      try (var _ = world.earnProcessor(Map.of())) {
        world.publish(Topics.PURCHASES, "u-1", CliFixture.purchase("o-1", "u-1", Instant.now()));
        world.flush();
        await().atMost(Duration.ofMinutes(1)).until(() -> world.rrr().ledger().size() == 1);
      }
      faults.clear();
      var uuid = Map.of("RRR_IDEMPOTENCY_KEY_FORMAT", "uuid");
      try (var refused = world.earnProcessor(uuid)) {
        await().atMost(Duration.ofMinutes(1)).until(() -> refused.failure().isDone());
        assertThat(refused.failure().join()).hasMessageContaining("ops/loyalty earn identity");
      }
      var cli = world.cliNow();
      var dry = cli.run("earn", "identity", "--key-format", "uuid");
      assertThat(dry.code()).as(dry.toString()).isEqualTo(ExitCode.PENDING);
      assertThat(dry.out()).contains("format=plain", "format=uuid", "Nothing was changed");

      var former = world.earnProcessor(Map.of());
      var command =
          CompletableFuture.supplyAsync(
              () -> cli.run("earn", "identity", "--key-format", "uuid", "--execute"));
      awaitResults(world, EarnStatus.EARNED, 1);
      former.close();
      var done = command.get(2, TimeUnit.MINUTES);
      assertThat(done.code()).as(done.toString()).isEqualTo(ExitCode.OK);
      assertThat(done.err()).contains("The intake is open again.");
      try (var _ = world.earnProcessor(uuid)) {
        world.publish(Topics.PURCHASES, "u-1", CliFixture.purchase("o-2", "u-1", Instant.now()));
        awaitResults(world, EarnStatus.EARNED, 2);
      }
      assertThat(world.rrr().ledger())
          .extracting(LedgerEntry::orderId)
          .containsExactlyInAnyOrder("o-1", "o-2");
    }
  }

  private static void deadLetter(CliFixture world, Instant published, PurchaseCompleted purchase) {
    world.deadLetter(
        "payments.purchases.v1",
        "u-1",
        world.bytes(Topics.PURCHASES, purchase),
        published,
        Reason.DISABLED,
        0);
  }

  private static Cli.Answer replay(Cli cli, String... more) {
    var args =
        new java.util.ArrayList<>(
            List.of("dlt", "replay", DEAD, "--execute", "--rate", "2000", "--max-lag", "100000"));
    if (more.length == 0 || more[0].equals("--again")) args.addAll(List.of("--reason", "DISABLED"));
    args.addAll(List.of(more));
    return cli.run(args.toArray(String[]::new));
  }

  /** The flag has arrived when a purchase is dead-lettered; it is one more of them. */
  private static void awaitOff(CliFixture world) {
    world.publish(
        Topics.PURCHASES, "u-probe", CliFixture.purchase("probe", "u-probe", Instant.now()));
    world.flush();
    awaitResults(world, EarnStatus.DEAD_LETTERED, 1);
  }

  private static void publish(CliFixture world, int count) {
    for (var i = 0; i < count; i++)
      world.publish(
          Topics.PURCHASES,
          "u-" + i % 50,
          CliFixture.purchase("o-" + i, "u-" + i % 50, Instant.now()));
    world.flush();
  }

  private static void awaitResults(CliFixture world, EarnStatus status, int count) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() ->
            assertThat(world.values(Topics.EARN_RESULTS))
                .filteredOn(EarnResult::getStatus, status)
                .hasSize(count));
  }

  private static void assertEachEarnedOnce(CliFixture world) {
    var orders =
        IntStream.range(0, PURCHASES)
            .mapToObj(i -> "o-" + i)
            .collect(java.util.stream.Collectors.toList());
    orders.add("probe");
    assertThat(world.rrr().ledger())
        .filteredOn(LedgerEntry::type, LedgerEntry.Type.EARN)
        .extracting(LedgerEntry::orderId)
        .containsExactlyInAnyOrderElementsOf(orders);
  }
}
