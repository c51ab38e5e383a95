package com.xxxchatnow.loyalty.cli.redemptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.xxxchatnow.loyalty.cli.Cli;
import com.xxxchatnow.loyalty.cli.CliFixture;
import com.xxxchatnow.loyalty.cli.command.Consumers;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.events.ConfirmationKind;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.RedemptionConfirmed;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RepairAction;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.webhooks.WebhookDelivery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redemptions with the real saga and the real router; RRR's ledger judges. */
class RedemptionsIT {
  @TempDir private static Path state;
  private static CliFixture world;
  private static Checkouts checkouts;
  private static Cli cli;

  @BeforeAll
  static void start() {
    world = new CliFixture();
    checkouts = new Checkouts(world, state);
    cli = world.cliNow().with("REDEMPTION_API_URL", checkouts.queries());
  }

  @AfterAll
  static void stop() {
    checkouts.close();
    world.close();
  }

  @Test
  void a_commit_that_rrr_refused_is_found_retried_and_burned_once() {
    var failed = checkouts.commitFails("o 1", "u-1");

    assertThat(cli.run("redemptions", "list").out()).contains("o 1 ", "REFUSED_CONFLICT");
    assertThat(cli.run("redemptions", "show", "o 1").out())
        .contains("order id: o 1", "status: COMMIT_FAILED", "version: " + failed.getVersion());
    world.rrr().setBalance("u-1", 1_000);
    assertThat(cli.run("redemptions", "retry", "o 1", "--note", "granted").out())
        .contains("status: COMMIT_FAILED", "action: RETRY")
        .endsWith("Nothing was asked: to do it, add --execute\n");
    assertThat(checkouts.booked("o 1")).isEmpty();

    var retry = cli.run("redemptions", "retry", "o 1", "--note", "granted", "--execute");

    assertThat(retry.code()).as(retry.toString()).isEqualTo(ExitCode.OK);
    assertThat(retry.out())
        .contains("Done: it is COMMITTING at version " + (failed.getVersion() + 1));
    checkouts.awaits("o 1", RedemptionStatus.COMMITTED);
    assertThat(checkouts.booked("o 1")).containsExactly(-500L);
    assertThat(world.rrr().balance("u-1")).isEqualTo(500);
    assertThat(cli.run("redemptions", "retry", "o 1", "--note", "once more", "--execute"))
        .hasToString(
            """
            exit code 1
            loyalty: o 1 is COMMITTED; this repairs only COMMIT_FAILED, REVERSE_FAILED, COMMITTING, REVERSING
            """);
  }

  @Test
  void what_was_put_right_by_hand_is_noted_with_name_and_reason() {
    checkouts.commitFails("o-2", "u-2");

    var settle = settle(cli, "o-2", "COMMITTED", "alice");

    assertThat(settle.code()).as(settle.toString()).isEqualTo(ExitCode.OK);
    assertThat(settle.out()).contains("settle as: COMMITTED", "Done: it is COMMITTED at version");
    assertThat(cli.run("redemptions", "show", "o-2").out())
        .contains("status: COMMITTED", "operator: alice", "note: by hand");
    assertThat(checkouts.booked("o-2")).isEmpty();
  }

  @Test
  void a_repair_for_a_version_that_moved_is_refused_and_says_so() {
    var failed = checkouts.commitFails("o-3", "u-3");
    var version = failed.getVersion();

    assertThat(
            cli.run(
                ("redemptions retry o-3 --note why --execute --expect-version " + (version - 1))
                    .split(" ")))
        .hasToString(
            "exit code 1\nloyalty: o-3 is COMMIT_FAILED at version %d by now, not %d; look at it"
                    .formatted(version, version - 1)
                + " again\n");

    // Bob settles it between Alice's look and her repair.
    assertThat(settle(cli, "o-3", "CANCELLED", "bob").code()).isZero();
    try (var clients = world.clients()) {
      var late = new RepairTopic(clients, "o-3");
      assertThatThrownBy(() -> late.ask(retry("o-3", version, "alice")))
          .isInstanceOf(UserError.class)
          .hasMessage("the saga refuses it: meant for version %d, not %d", version, version + 1);
    }
    assertThat(cli.run("redemptions", "show", "o-3").out())
        .contains("status: CANCELLED", "operator: bob");
    assertThat(checkouts.booked("o-3")).isEmpty();
  }

  @Test
  void an_unknown_order_or_state_is_one_line() {
    for (var what : List.of("show nobody", "retry nobody --note why --execute"))
      assertThat(cli.run(("redemptions " + what).split(" ")))
          .hasToString("exit code 1\nloyalty: the saga knows no order nobody\n");
    assertThat(cli.run("redemptions", "list", "--status", "NONSENSE"))
        .hasToString("exit code 64\nloyalty: status: one of the redemption's states\n");
  }

  @Test
  void confirmations_whose_webhook_never_came_are_made_once() throws Exception {
    var begin = Instant.now();
    world.rrr().webhookUrl(null);
    checkouts.burns("lost", "u-4");
    checkouts.pays("lost", PaymentStatus.CANCELLED, null);
    checkouts.awaits("lost", RedemptionStatus.REVERSED);
    checkouts.burnsUnannounced("nobody", "u-5");
    world.rrr().webhookUrl(checkouts.webhooks());
    checkouts.burns("came", "u-5");
    await().atMost(Checkouts.PATIENCE).until(() -> confirmed("came").size() == 1);

    assertThat(backfill(begin).out())
        .contains("REDEMPTION_COMMITTED  " + Simulator.memberOf("u-4"), "REDEMPTION_REVERSED")
        .contains("missing: 3", "1 entries of redemptions are left out")
        .endsWith("Nothing was published: to do it, add --execute\n");
    assertThat(backfill(begin, "--execute").out()).contains("missing: 3").endsWith("Published.\n");
    assertThat(backfill(begin, "--execute").code()).isZero();
    comesLate("REDEMPTION_COMMITTED", "lost");
    await()
        .atMost(Checkouts.PATIENCE)
        .until(() -> backfill(begin).out().contains("missing: 0") && routerIsThrough());
    comesLast("u-4");

    assertThat(confirmed("lost"))
        .allMatch(RedemptionConfirmed::getBackfilled)
        .extracting(
            RedemptionConfirmed::getKind,
            RedemptionConfirmed::getPoints,
            RedemptionConfirmed::getDiscountMinor,
            RedemptionConfirmed::getReason)
        .containsExactlyInAnyOrder(
            tuple(ConfirmationKind.COMMITTED, 500L, 500L, null),
            tuple(ConfirmationKind.REVERSED, 500L, null, "CANCELLED"));
    assertThat(confirmed("came")).singleElement().matches(each -> !each.getBackfilled());
  }

  /** Whether the router has sorted all webhooks that are there. */
  private static boolean routerIsThrough() throws InterruptedException {
    try (var clients = world.clients()) {
      return new Consumers(clients.admin(), Topics.WEBHOOKS.name()).lag() == 0;
    }
  }

  /** The webhook of an event that was backfilled comes after all. */
  private static void comesLate(String type, String order) {
    var body =
        world.rrr().webhooks().stream()
            .filter(each -> each.eventType().equals(type) && each.body().contains(order))
            .findFirst()
            .orElseThrow();
    var data = new TreeMap<String, Object>();
    json(body.body())
        .get("data")
        .properties()
        .forEach(each -> data.put(each.getKey(), each.getValue()));
    delivered(world.rrr().emit(type, data));
  }

  /** Waits for an event of the member that came after all others of the member. */
  private static void comesLast(String user) {
    var member = Simulator.memberOf(user);
    delivered(
        world
            .rrr()
            .emit(
                "POINTS_POSTED",
                Map.of(
                    "member_id",
                    member,
                    "points_delta",
                    1,
                    "ledger_entry_id",
                    "last",
                    "source_ref",
                    "last")));
    await()
        .atMost(Checkouts.PATIENCE)
        .until(() ->
            world.values(Topics.POINTS_POSTED).stream()
                .map(PointsPosted::getLedgerEntryId)
                .anyMatch("last"::equals));
  }

  private static void delivered(WebhookDelivery sent) {
    await()
        .atMost(Checkouts.PATIENCE)
        .until(() ->
            world.rrr().webhooks().stream()
                .anyMatch(each ->
                    each.eventId().equals(sent.eventId())
                        && each.state() == WebhookDelivery.State.DELIVERED));
  }

  private static Cli.Answer backfill(Instant begin, String... more) {
    var args = new ArrayList<>(List.of("webhooks", "backfill", "--from", begin.toString()));
    args.addAll(List.of("--to", Instant.now().toString()));
    args.addAll(List.of(more));
    return cli.run(args.toArray(String[]::new));
  }

  private static List<RedemptionConfirmed> confirmed(String order) {
    return world.values(Topics.REDEMPTION_CONFIRMATIONS).stream()
        .filter(each -> each.getOrderId().equals(order))
        .toList();
  }

  private static Cli.Answer settle(Cli as, String order, String status, String operator) {
    return as.run(
        "redemptions",
        "settle",
        order,
        "--as",
        status,
        "--note",
        "by hand",
        "--operator",
        operator,
        "--execute");
  }

  private static RepairRequested retry(String order, long version, String operator) {
    return RepairRequested.newBuilder()
        .setOrderId(order)
        .setAction(RepairAction.RETRY)
        .setExpectedVersion(version)
        .setOperator(operator)
        .setNote("unblocked")
        .setRequestedAt(Instant.now())
        .build();
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
