package com.xxxchatnow.loyalty.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.cli.Cli;
import com.xxxchatnow.loyalty.cli.CliFixture;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our topics against RRR's ledger: the simulator's entries are true, what differs is planted. */
class ReconcileIT {
  private CliFixture world;
  private Instant begin;

  @BeforeEach
  void start() {
    world = new CliFixture();
    begin = Instant.now();
    for (var i = 0; i < 20; i++) earnedAndTold("o-" + i, "u-" + i % 5);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void where_nothing_differs_it_reports_nothing() {
    var answer = reconcile(world.rrr().now());

    assertThat(answer.code()).as(answer.toString()).isEqualTo(ExitCode.OK);
    assertThat(answer.out())
        .contains("members: 5", "missing: 0", "doubled: 0", "different: 0", "unclaimed: 0")
        .endsWith("All agrees.\n");
  }

  @Test
  void it_finds_what_is_missing_doubled_changed_or_untold() {
    world.result("o-missing", "u-1", 10, "00000000-0000-0000-0000-000000000000", Instant.now());
    var changed = world.earn("o-changed", "u-2", 10);
    world.result("o-changed", "u-2", 12, changed.ledgerEntryId(), changed.postedAt());
    world.earn("o-untold", "u-3", 10);
    earnedAndTold("o-twice", "u-4");
    // RRR forgets the key, and books the purchase a second time.
    world.rrr().advance(Duration.ofDays(31));
    world.earn("o-twice", "u-4", 10);

    var answer = reconcile(world.rrr().now());

    assertThat(answer.code()).as(answer.toString()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(answer.out())
        .contains("missing: 1", "doubled: 1", "different: 1", "unclaimed: 1")
        .contains("token_purchase_o-missing  +10 points are not in the ledger")
        .contains("+12 points here, +10 in entry " + changed.ledgerEntryId())
        .contains("UNCLAIMED  " + Simulator.memberOf("u-3"))
        .contains("token_purchase_o-twice")
        .endsWith("Differences: 4\n");
  }

  @Test
  void a_member_that_rrr_no_longer_has_is_named_and_the_others_are_judged() {
    var gone = UUID.randomUUID().toString();
    world.publish(
        Topics.EARN_RESULTS,
        "u-gone",
        EarnResult.newBuilder(world.values(Topics.EARN_RESULTS).getFirst())
            .setUserId("u-gone")
            .setOrderId("o-gone")
            .setRrrMemberId(gone)
            .build());
    world.flush();
    world.earn("o-untold", "u-3", 10);

    var answer = reconcile(world.rrr().now());

    assertThat(answer.code()).as(answer.toString()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(answer.out())
        .contains("members: 5", "not judged: 1", "unclaimed: 1")
        .contains("Not judged: member " + gone);
  }

  @Test
  void what_is_still_in_flight_can_not_be_judged() {
    var answer = at(begin).run("reconcile", "--from", "2026-01-01", "--to", begin.toString());

    assertThat(answer.code()).isEqualTo(ExitCode.USAGE);
    assertThat(answer.err()).contains("what is in flight can't be judged").hasLineCount(1);
  }

  @Test
  void events_whose_webhook_never_came_are_made_from_the_ledger_and_marked() throws Exception {
    var entries = world.rrr().ledger();
    var told = entries.getFirst();
    world.publish(
        Topics.POINTS_POSTED,
        told.memberId(),
        PointsPosted.newBuilder()
            .setEventId("webhook-1")
            .setMemberId(told.memberId())
            .setPointsDelta(10)
            .setLedgerEntryId(told.entryId())
            .setSourceRef(told.sourceRef())
            .setReceivedAt(Instant.now())
            .build());
    world.flush();

    assertThat(backfill().out())
        .contains("missing: 19", "Nothing was published: to do it, add --execute");
    assertThat(world.read(Topics.WEBHOOKS.name())).isEmpty();
    assertThat(backfill("--execute").out()).endsWith("missing: 19\nPublished.\n");

    var webhooks = world.values(Topics.WEBHOOKS);
    assertThat(webhooks)
        .hasSize(19)
        .allMatch(WebhookReceived::getBackfilled)
        .noneMatch(webhook -> webhook.getEventId().equals("backfill:" + told.entryId()));
    var last = entries.getLast();
    assertThat(webhooks)
        .filteredOn(webhook -> webhook.getEventId().equals("backfill:" + last.entryId()))
        .singleElement()
        .satisfies(webhook ->
            assertThat(StandardCharsets.UTF_8.decode(webhook.getBody().duplicate()).toString())
                .isEqualTo(
                    """
                    {"event_id":"backfill:%s","event_type":"POINTS_POSTED","data":{"member_id":"%s",\
                    "points_delta":10,"ledger_entry_id":"%s","source_ref":"%s"}}\
                    """
                        .formatted(
                            last.entryId(), last.memberId(), last.entryId(), last.sourceRef())));
  }

  private Cli.Answer reconcile(Instant to) {
    return at(to.plus(Duration.ofHours(3)))
        .run(
            "reconcile",
            "--from",
            begin.minusSeconds(1).toString(),
            "--to",
            to.plusSeconds(1).toString());
  }

  private Cli.Answer backfill(String... more) {
    var args =
        new java.util.ArrayList<>(
            java.util.List.of("webhooks", "backfill", "--from", begin.minusSeconds(1).toString()));
    args.addAll(java.util.List.of("--to", world.rrr().now().plusSeconds(1).toString()));
    args.addAll(java.util.List.of(more));
    return world.cliNow().run(args.toArray(String[]::new));
  }

  private Cli at(Instant now) {
    return world.cli().at(Clock.fixed(now, ZoneOffset.UTC));
  }

  private void earnedAndTold(String order, String user) {
    var earned = world.earn(order, user, 10);
    world.result(order, user, 10, earned.ledgerEntryId(), earned.postedAt());
  }
}
