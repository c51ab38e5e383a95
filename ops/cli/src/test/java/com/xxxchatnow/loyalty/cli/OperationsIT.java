package com.xxxchatnow.loyalty.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RepairAction;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flags, redemptions and the story of an order; the saga's queries answer as its openapi says. */
class OperationsIT {
  private static World world;
  private static HttpServer saga;
  private static Cli cli;

  @BeforeAll
  static void start() throws IOException {
    world = new World();
    saga = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    saga.createContext("/redemptions", OperationsIT::answer);
    saga.start();
    cli = world.cli().with("REDEMPTION_API_URL", "http://127.0.0.1:" + saga.getAddress().getPort());
  }

  @AfterAll
  static void stop() {
    saga.stop(0);
    world.close();
  }

  @Test
  void a_flag_is_set_seen_and_given_back() {
    assertThat(cli.run("flags", "set", "RRR_ROLLOUT_PERCENT", "25", "--operator", "alice"))
        .hasToString("exit code 0\nflag: RRR_ROLLOUT_PERCENT\nbefore: (environment)\nnow: 25\n");
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
  void a_redemption_is_shown() {
    assertThat(cli.run("redemptions", "show", "o 1"))
        .hasToString(
            """
            exit code 0
            order id: o 1
            version: 4
            status: COMMIT_FAILED
            reason: REFUSED_CONFLICT
            points: 500
            occurred at: 2026-11-22T11:00:00Z
            """);
    assertThat(cli.run("redemptions", "show", "nobody"))
        .hasToString("exit code 1\nloyalty: the saga knows no order nobody\n");
  }

  @Test
  void redemptions_in_a_state_are_listed() {
    assertThat(cli.run("redemptions", "list", "--status", "COMMIT_FAILED"))
        .hasToString(
            """
            exit code 0
            order_id  version  status         reason            points  occurred_at
            o 1             4  COMMIT_FAILED  REFUSED_CONFLICT     500  2026-11-22T11:00:00Z
            """);
    assertThat(cli.run("redemptions", "list", "--status", "NONSENSE"))
        .hasToString("exit code 64\nloyalty: status: one of the redemption's states\n");
  }

  @Test
  void a_repair_is_shown_first_and_then_asked_for_with_the_version_that_was_seen() {
    assertThat(cli.run("redemptions", "retry", "o 1", "--note", "unblocked").out())
        .endsWith("Nothing was asked: to do it, add --execute\n");
    assertThat(world.read(Topics.REDEMPTION_REPAIRS.name())).isEmpty();

    var settle =
        cli.run(
            "redemptions",
            "settle",
            "o 1",
            "--as",
            "COMMITTED",
            "--note",
            "burned by hand",
            "--operator",
            "alice",
            "--execute");

    assertThat(settle.code()).as(settle.toString()).isEqualTo(ExitCode.OK);
    assertThat(world.values(Topics.REDEMPTION_REPAIRS))
        .containsExactly(
            RepairRequested.newBuilder()
                .setOrderId("o 1")
                .setAction(RepairAction.SETTLE)
                .setSettleAs(RedemptionStatus.COMMITTED)
                .setExpectedVersion(4)
                .setOperator("alice")
                .setNote("burned by hand")
                .setRequestedAt(Cli.NOON.instant())
                .build());
  }

  @Test
  void what_did_not_fail_is_not_repaired() {
    assertThat(cli.run("redemptions", "retry", "o-2", "--note", "why not", "--execute"))
        .hasToString(
            "exit code 1\n"
                + "loyalty: o-2 is QUOTED; this repairs only COMMIT_FAILED, REVERSE_FAILED\n");
  }

  @Test
  void a_saga_that_is_away_is_one_line() {
    assertThat(cli.run("redemptions", "show", "o-1", "--redemption-api-url", "http://127.0.0.1:1"))
        .hasToString(
            "exit code 69\nloyalty: the saga's queries at http://127.0.0.1:1 do not answer\n");
  }

  @Test
  void the_story_of_an_order_that_nobody_has_settled_yet() {
    world.publish(Topics.PURCHASES, "u-1", World.purchase("o-open", "u-1", Instant.now()));
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

  private static void answer(HttpExchange exchange) throws IOException {
    var failed =
        "{\"order_id\":\"o 1\",\"version\":4,\"status\":\"COMMIT_FAILED\","
            + "\"reason\":\"REFUSED_CONFLICT\",\"points\":500,"
            + "\"occurred_at\":\"2026-11-22T11:00:00Z\"}";
    switch (exchange.getRequestURI().toString()) {
      case "/redemptions/o%201" -> send(exchange, 200, failed);
      case "/redemptions/o-2" ->
          send(exchange, 200, "{\"order_id\":\"o-2\",\"version\":2,\"status\":\"QUOTED\"}");
      case "/redemptions?status=COMMIT_FAILED&limit=100" ->
          send(exchange, 200, "{\"redemptions\":[" + failed + "]}");
      case "/redemptions?status=NONSENSE&limit=100" ->
          send(
              exchange,
              400,
              "{\"error\":{\"code\":\"BAD_REQUEST\",\"message\":\"status: one of the"
                  + " redemption's states\"}}");
      default -> send(exchange, 404, "{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"\"}}");
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    exchange.sendResponseHeaders(status, body.getBytes(UTF_8).length);
    try (var out = exchange.getResponseBody()) {
      out.write(body.getBytes(UTF_8));
    }
  }
}
