package com.xxxchatnow.loyalty.earn;

import static com.xxxchatnow.loyalty.earn.Purchases.tokens;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** RRR's limit is the whole fleet's, however many instances it has. */
@Isolated("counts calls a second")
class BudgetIT {
  private static final int LIMIT = 100;
  private static final int BURST = 200;
  private static final Duration PHASE = Depth.of(ofSeconds(3), ofSeconds(10));
  private static final Duration SETTLED = ofSeconds(1);

  @Test
  void one_two_and_three_instances_use_the_limit_and_never_more() {
    try (var stack = new EarnStack(SimulatorConfig.defaults())) {
      stack.with("RRR_RATE_LIMIT_RPS", "" + LIMIT).with("RRR_RATE_LIMIT_BURST", "" + BURST);
      stack.publish(backlog((int) (3 * PHASE.toSeconds() * LIMIT) + BURST + 1_500));
      var instances = new ArrayList<Service>();
      var begun = new ArrayList<Instant>();
      for (var number = 0; number < 3; number++) {
        instances.add(stack.instance());
        await("the rebalance is over").atMost(ofMinutes(1)).until(() -> haveTheirShare(instances));
        var from = Instant.now();
        begun.add(from);
        await()
            .atMost(PHASE.plusMinutes(1))
            .until(() -> Instant.now().isAfter(from.plus(PHASE).plus(SETTLED)));
      }
      var calls =
          stack.simulator.calls().stream().filter(each -> each.path().startsWith("/v1")).toList();
      for (var from : begun) judge(calls, from.plus(SETTLED), from.plus(SETTLED).plus(PHASE));
      judgeWhole(calls);
    }
  }

  private static boolean haveTheirShare(List<Service> instances) {
    var assigned =
        instances.stream()
            .map(each -> each.metrics().get("worker.partitions.assigned").gauge().value())
            .toList();
    var all = Topics.PURCHASES.partitions();
    return assigned.stream().allMatch(each -> each >= (double) all / instances.size())
        && assigned.stream().mapToDouble(each -> each).sum() == all;
  }

  private static void judge(List<Call> calls, Instant from, Instant until) {
    var seconds = Duration.between(from, until).toMillis() / 1_000.0;
    var count =
        calls.stream().filter(c -> !c.at().isBefore(from) && c.at().isBefore(until)).count();
    assertThat(count / seconds).isBetween(0.95 * LIMIT, LIMIT + BURST / seconds);
  }

  /** Over any span the limit and one burst; next to nothing is turned away. */
  private static void judgeWhole(List<Call> calls) {
    var at = calls.stream().map(Call::at).sorted().toList();
    for (var first = 0; first < at.size(); first += 50) {
      for (var last = first + 50; last < at.size(); last += 50) {
        var seconds = Duration.between(at.get(first), at.get(last)).toMillis() / 1_000.0;
        assertThat(last - first).isLessThanOrEqualTo((int) (LIMIT * seconds) + BURST + 5);
      }
    }
    var limited = calls.stream().filter(call -> call.status() == 429).count();
    assertThat(limited).isLessThan(Math.max(1, calls.size() / 1_000));
  }

  private static List<PurchaseCompleted> backlog(int number) {
    var purchases = new ArrayList<PurchaseCompleted>();
    for (var i = 0; i < number; i++) {
      var user = "user-" + i % 1_000;
      purchases.add(
          tokens("order-" + i, user, 500).setRrrMemberId(Simulator.memberOf(user)).build());
    }
    return purchases;
  }
}
