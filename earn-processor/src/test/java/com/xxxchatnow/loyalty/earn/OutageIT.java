package com.xxxchatnow.loyalty.earn;

import static com.xxxchatnow.loyalty.earn.Purchases.tokens;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig.PoisonRule;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import com.xxxchatnow.loyalty.simulator.http.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** An outage is not poison, and poison is no outage. */
@Order(1) // begins first: it takes longest, waiting
@Execution(ExecutionMode.CONCURRENT)
class OutageIT {
  private static final int BACKLOG = Depth.of(400, 2_000);
  private static final int LIMIT = 100;
  private static final int BURST = Depth.of(50, 200);
  private static final Duration OUTAGE = Depth.of(ofSeconds(6), ofSeconds(60));
  // Of a drain: for a machine that stands still meanwhile.
  private static final Duration SLACK = ofSeconds(3);

  private final EarnStack stack = new EarnStack(SimulatorConfig.defaults());

  @AfterEach
  void stop() {
    stack.close();
  }

  @Test
  void an_outage_of_rrr_costs_nothing_and_the_backlog_drains_at_the_limit() {
    var service =
        stack
            .with("RRR_RATE_LIMIT_RPS", "" + LIMIT)
            .with("RRR_RATE_LIMIT_BURST", "" + BURST)
            .instance();
    stack.publish(some("before", 20));
    await().atMost(ofSeconds(60)).until(() -> stack.results().size() == 20);

    stack.simulator.faults().add(FaultRule.of(new Fault.Outage(false)).lasting(OUTAGE));
    var over = System.nanoTime() + OUTAGE.toNanos();
    stack.publish(some("during", BACKLOG));
    await()
        .atMost(OUTAGE.plusSeconds(120))
        .pollInterval(ofMillis(500))
        .until(() -> {
          if (System.nanoTime() < over) assertThat(stack.results()).hasSize(20);
          return stack.results().size() == 20 + BACKLOG;
        });
    assertThat(stack.deadLetters()).isEmpty();
    assertThat(stack.booked()).hasSize(20 + BACKLOG);
    assertThat(service.metrics().get("worker.rebuilds").counter().count()).isZero();
    var calls = stack.simulator.calls().stream().filter(Call::applied).skip(20).toList();
    var drained = Duration.between(calls.getFirst().at(), calls.getLast().at());
    assertThat(drained).isLessThan(ofMillis(BACKLOG * 1_000L / LIMIT).plus(SLACK));
    // One probe every two seconds and those that found out, which a burst lets be many; as many as
    // the limit lets through if nothing held them back.
    assertThat(stack.simulator.calls().stream().filter(call -> call.status() == 503).count())
        .isLessThan(BACKLOG / 2);
  }

  @Test
  void a_purchase_that_alone_keeps_failing_is_dead_lettered_and_holds_up_nobody() {
    stack
        .simulator
        .faults()
        .add(FaultRule.of(new Fault.Status(500)).on("/v1/points/earn").matching("poisonous"));
    var rule = new PoisonRule(4, 20, ofSeconds(3));
    stack.instance(config -> config.with(config.rrr().with(rule)));
    stack.publish(tokens("poisonous", "user-1", 500).build());
    var others = new ArrayList<PurchaseCompleted>();
    for (var i = 0; i < 300; i++) others.add(tokens("o-" + i, "user-" + i, 500).build());
    stack.publish(others.subList(0, 150));
    await().atMost(ofMinutes(1)).until(() -> stack.count(EarnStatus.EARNED) >= 149);
    stack.publish(others.subList(150, 300));
    await().atMost(ofMinutes(1)).until(() -> stack.results().size() == 301);
    var result = stack.resultOf("poisonous");
    assertThat(result.getStatus()).isEqualTo(EarnStatus.DEAD_LETTERED);
    assertThat(result.getReason()).isEqualTo(Reason.REFUSED_OTHER);
    assertThat(stack.deadLetters()).hasSize(1);
    assertThat(stack.booked()).hasSize(300);
  }

  private static List<PurchaseCompleted> some(String name, int number) {
    var purchases = new ArrayList<PurchaseCompleted>();
    for (var i = 0; i < number; i++) {
      var user = "user-" + i % 500;
      purchases.add(
          tokens(name + "-" + i, user, 500).setRrrMemberId(Simulator.memberOf(user)).build());
    }
    return purchases;
  }
}
