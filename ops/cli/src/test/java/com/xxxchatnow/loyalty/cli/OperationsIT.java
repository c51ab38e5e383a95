package com.xxxchatnow.loyalty.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flags, the story of an order, and a saga that is away. */
class OperationsIT {
  private static CliFixture world;
  private static Cli cli;

  @BeforeAll
  static void start() {
    world = new CliFixture();
    cli = world.cli();
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void a_flag_is_set_seen_and_given_back() {
    assertThat(cli.run("flags", "set", "RRR_ROLLOUT_PERCENT", "25", "--operator", "alice").out())
        .isEqualTo("flag: RRR_ROLLOUT_PERCENT\nbefore: (environment)\nnow: 25\n");
    assertThat(cli.run("flags", "get").out())
        .contains("RRR_ROLLOUT_PERCENT  25             alice       2026-11-22T12:00:00Z");

    assertThat(cli.run("flags", "set", "RRR_ROLLOUT_PERCENT", "--unset").out())
        .endsWith("before: 25\nnow: (environment)\n");
    assertThat(cli.run("flags", "get").out()).doesNotContain("alice");
  }

  @Test
  void a_value_that_no_instance_would_take_is_not_written() {
    assertThat(cli.run("flags", "set", "RRR_ROLLOUT_PERCENT", "120"))
        .hasToString(
            "exit code 64\nloyalty: RRR_ROLLOUT_PERCENT must be a whole number from 0 to 100, but"
                + " is 120\n");
    assertThat(cli.run("flags", "set", "RRR_CLIENT_SECRET", "x").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_flag_is_not_set_to_the_value_of_an_unset_variable_and_execute_is_taken() {
    for (var flag : List.of("RRR_BETA_USERS", "RRR_ROLLOUT_PERCENT", "RRR_EARN_ENABLED"))
      assertThat(cli.run("flags", "set", flag, ""))
          .hasToString(
              "exit code 64\nloyalty: the value is empty (an unset shell variable?); to take it"
                  + " back: --unset\n");
    assertThat(cli.run("flags", "set", "RRR_BETA_USERS", "ada", "--execute").code()).isZero();
    assertThat(cli.run("flags", "set", "RRR_BETA_USERS", "--unset", "--execute").code()).isZero();
  }

  @Test
  void records_that_are_no_flags_have_no_effect_and_are_named() {
    var topic = Topics.FLAGS.name();
    var purchase = CliFixture.purchase("o-foreign", "u-1", Instant.now());
    world.send(
        new ProducerRecord<>(topic, "k".getBytes(UTF_8), world.bytes(Topics.PURCHASES, purchase)));
    world.send(new ProducerRecord<>(topic, "k".getBytes(UTF_8), "{}".getBytes(UTF_8)));
    var answer = cli.run("flags", "get");
    assertThat(answer.code()).as(answer.toString()).isZero();
    assertThat(answer.err())
        .contains("has no effect: it is another record")
        .contains("has no effect: no magic byte (0x7b): JSON?");
  }

  @Test
  void an_order_that_is_only_a_checkout_says_where_its_story_is() {
    world.send(
        new ProducerRecord<>(
            Topics.REDEMPTIONS.name(), "o-checkout".getBytes(UTF_8), "any".getBytes(UTF_8)));
    assertThat(cli.run("earn", "why", "o-checkout"))
        .hasToString(
            "exit code 1\nloyalty: order o-checkout is no purchase but a checkout; its story:"
                + " redemptions show o-checkout\n");
  }

  @Test
  void a_saga_that_is_away_is_one_line() {
    assertThat(cli.run("redemptions", "show", "o-1", "--redemption-api-url", "http://127.0.0.1:1"))
        .hasToString(
            "exit code 69\nloyalty: the saga's queries at http://127.0.0.1:1 do not answer\n");
    for (var repair : List.of("retry", "settle"))
      assertThat(cli.with("REDEMPTION_API_URL", "http://127.0.0.1:1").run(asked(repair)))
          .hasToString(
              "exit code 69\nloyalty: the saga's queries at http://127.0.0.1:1 do not answer\n");
    assertThat(world.read(Topics.REDEMPTION_REPAIRS.name())).isEmpty();
  }

  private static String[] asked(String repair) {
    var words = "redemptions " + repair + " o-1 --note why --execute";
    return (repair.equals("settle") ? words + " --as REVERSED" : words).split(" ");
  }

  @Test
  void the_story_of_an_order_that_nobody_has_settled_yet() {
    world.publish(Topics.PURCHASES, "u-1", CliFixture.purchase("o-open", "u-1", Instant.now()));
    world.flush();

    var answer = world.cliNow().run("earn", "why", "o-open", "--user", "u-1");

    assertThat(answer.code()).isEqualTo(ExitCode.DIFFERENT);
    assertThat(answer.out())
        .contains("user id: u-1", "idempotency key: token_purchase_o-open")
        .contains("TOKEN_PURCHASE 1000 USD")
        .endsWith("It has no result yet.\n")
        .doesNotContain("bob@example.com");
    assertThat(cli.run("earn", "why", "o-unknown"))
        .hasToString("exit code 1\nloyalty: nothing is known of order o-unknown\n");
  }

  @Test
  void the_story_of_an_order_that_was_booked_with_a_former_member() {
    var earned = world.earn("o-moved", "u-before", 10);
    world.publish(
        Topics.PURCHASES, "u-after", CliFixture.purchase("o-moved", "u-after", Instant.now()));
    world.publish(
        Topics.POINTS_POSTED,
        Simulator.memberOf("u-before"),
        PointsPosted.newBuilder()
            .setEventId("webhook-of-o-moved")
            .setMemberId(Simulator.memberOf("u-before"))
            .setPointsDelta(10)
            .setLedgerEntryId(earned.ledgerEntryId())
            .setSourceRef("token_purchase_o-moved")
            .setReceivedAt(Instant.now())
            .build());
    world.flush();

    assertThat(world.cliNow().run("earn", "why", "o-moved", "--user", "u-after").out())
        .contains("+10 points, entry " + earned.ledgerEntryId())
        .containsPattern("ledger +RRR " + earned.ledgerEntryId() + " +EARN \\+10 points");
  }
}
