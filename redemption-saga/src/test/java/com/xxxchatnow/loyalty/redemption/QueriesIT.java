package com.xxxchatnow.loyalty.redemption;

import static com.xxxchatnow.loyalty.redemption.RedemptionFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.query.RedemptionJson;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two instances share the orders; every question is put to both. */
class QueriesIT {
  private static RedemptionFixture world;
  private static List<String> instances;

  @BeforeAll
  static void start() {
    world = new RedemptionFixture();
    instances =
        IntStream.range(0, 2)
            .mapToObj(_ -> world.saga(Map.of("REDEMPTION_QUOTE_TIMEOUT", "6s")))
            .map(world::queries)
            .toList();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            instances.stream()
                .allMatch(each -> get(each + "/redemptions?status=QUOTED").statusCode() == 200));
    var round = new AtomicInteger();
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .until(() -> allQuoted("warm-" + round.incrementAndGet() + "-"));
  }

  /** Until both instances' callers share the partitions, a quote may miss its deadline. */
  private static boolean allQuoted(String prefix) {
    for (var i = 0; i < 24; i++) world.requests(prefix + i, "u-warm", 10);
    return IntStream.range(0, 24)
        .mapToObj(i -> "/redemptions/" + prefix + i + "?wait=decided&timeout=10s")
        .map(asked -> get(instances.getFirst() + asked))
        .allMatch(answer -> answer.body().contains("\"QUOTED\""));
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  @Test
  void every_instance_answers_for_every_order() {
    for (var i = 0; i < 24; i++) world.requests("all-" + i, "u-all", 10);
    for (var i = 0; i < 24; i++) {
      var quoted = world.awaits("all-" + i, RedemptionStatus.QUOTED);
      for (var instance : instances) {
        var answer = json(instance + "/redemptions/all-" + i, 200);
        assertThat(answer.path("status").asText()).isEqualTo("QUOTED");
        assertThat(answer.path("quote_id").asText()).isEqualTo(quoted.getQuoteId());
        assertThat(answer.path("discount_minor").asLong()).isEqualTo(10);
      }
    }
  }

  @Test
  void a_checkout_asks_once_and_has_its_answer_when_the_quote_is_decided() throws Exception {
    for (var instance : instances) {
      var order = "waits-" + instance.hashCode();
      var asked =
          CompletableFuture.supplyAsync(
              () -> json(instance + "/redemptions/" + order + "?wait=decided&timeout=10s", 200));
      world.requests(order, "u-waits", 10);
      assertThat(asked.get(10, TimeUnit.SECONDS).path("status").asText()).isEqualTo("QUOTED");
    }
  }

  @Test
  void while_RRR_is_silent_a_waiting_checkout_sees_that_nothing_is_decided_then_the_rejection() {
    var silent = FaultRule.of(new Fault.Delay(Duration.ofSeconds(20))).matching("u-silent");
    world.simulator.faults().add(silent);
    world.requests("silent", "u-silent", 10);
    world.awaits("silent", RedemptionStatus.QUOTING);
    for (var instance : instances) {
      var early = json(instance + "/redemptions/silent?wait=decided&timeout=100ms", 200);
      assertThat(early.path("decided").asBoolean()).isFalse();
    }
    var late = json(instances.getFirst() + "/redemptions/silent?wait=decided&timeout=15s", 200);
    assertThat(late.path("reason").asText()).isEqualTo("RRR_UNAVAILABLE");
  }

  @Test
  void an_unknown_order_is_404_and_a_senseless_question_400() {
    for (var instance : instances) {
      assertThat(error(instance + "/redemptions/nobody", 404)).isEqualTo("NOT_FOUND");
      assertThat(error(instance + "/redemptions/nobody?wait=decided&timeout=50ms", 404))
          .isEqualTo("NOT_FOUND");
      assertThat(error(instance + "/redemptions/x?wait=forever", 400)).isEqualTo("BAD_REQUEST");
      assertThat(error(instance + "/redemptions/x?wait=decided&timeout=soon", 400))
          .isEqualTo("BAD_REQUEST");
      assertThat(error(instance + "/redemptions", 400)).isEqualTo("BAD_REQUEST");
      assertThat(error(instance + "/redemptions?status=LOST", 400)).isEqualTo("BAD_REQUEST");
      assertThat(error(instance + "/redemptions?status=QUOTED&limit=0", 400))
          .isEqualTo("BAD_REQUEST");
      assertThat(error(instance + "/elsewhere", 404)).isEqualTo("NOT_FOUND");
    }
  }

  @Test
  void a_list_has_the_orders_of_all_instances_the_longest_there_first() {
    for (var i = 0; i < 12; i++) world.requests("failed-" + i, "u-failed", 10);
    for (var i = 0; i < 12; i++) world.awaits("failed-" + i, RedemptionStatus.QUOTED);
    for (var i = 0; i < 12; i++)
      world.pays("failed-" + i, PaymentStatus.SUCCEEDED, "no-such-quote");
    for (var i = 0; i < 12; i++) world.awaits("failed-" + i, RedemptionStatus.COMMIT_FAILED);
    for (var instance : instances) {
      var all = orders(json(instance + "/redemptions?status=COMMIT_FAILED", 200));
      assertThat(all)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 12).mapToObj(i -> "failed-" + i).toList());
      assertThat(orders(json(instance + "/redemptions?status=COMMIT_FAILED&limit=5", 200)))
          .isEqualTo(all.subList(0, 5));
    }
  }

  @Test
  void the_description_is_served_and_knows_every_field() throws IOException {
    world.requests("described", "u-described", 10);
    world.awaits("described", RedemptionStatus.QUOTED);
    var described = get(instances.getFirst() + "/openapi.yaml");
    assertThat(described.statusCode()).isEqualTo(200);
    json(instances.getFirst() + "/redemptions/described", 200)
        .fieldNames()
        .forEachRemaining(field -> assertThat(described.body()).contains("        " + field + ":"));
    for (var status : RedemptionStatus.values())
      if (status != RedemptionStatus.UNKNOWN)
        assertThat(described.body()).contains("        - " + status);
  }

  private static List<String> orders(JsonNode list) {
    return StreamSupport.stream(list.path("redemptions").spliterator(), false)
        .map(each -> each.path("order_id").asText())
        .toList();
  }

  private static String error(String uri, int status) {
    return json(uri, status).path("error").path("code").asText();
  }

  private static JsonNode json(String uri, int status) {
    var response = get(uri);
    assertThat(response.statusCode()).as(uri + " " + response.body()).isEqualTo(status);
    try {
      return RedemptionJson.JSON.readTree(response.body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
