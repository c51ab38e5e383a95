package com.xxxchatnow.loyalty.redemption;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import com.xxxchatnow.loyalty.simulator.ledger.RedemptionOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes are killed, answers are lost, RRR goes away: judged by RRR's ledger. */
class FaultIT {
  private static final int CHECKOUTS = Depth.of("fault.checkouts", 200, 1_200);
  private static final long PAUSE_NANOS = Duration.ofMillis(15).toNanos();
  private static final Set<RedemptionStatus> ENDS =
      Set.of(
          RedemptionStatus.REJECTED,
          RedemptionStatus.COMMITTED,
          RedemptionStatus.CANCELLED,
          RedemptionStatus.EXPIRED,
          RedemptionStatus.REVERSED);

  private final RedemptionFixture world = new RedemptionFixture();
  private final List<JavaProcess> processes = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    processes.forEach(JavaProcess::kill);
    world.close();
  }

  /** What the payment system does with an order. */
  private enum Customer {
    PAYS,
    PAYS_AND_CANCELS,
    FAILS_TO_PAY,
    PAYS_WITHOUT_DISCOUNT,
    LEAVES;

    static Customer of(String order) {
      var number = Integer.parseInt(order.substring(2)) % 10;
      return number < 5
          ? PAYS
          : number < 7
              ? PAYS_AND_CANCELS
              : number == 7 ? FAILS_TO_PAY : number == 8 ? PAYS_WITHOUT_DISCOUNT : LEAVES;
    }
  }

  @Test
  void killed_processes_lost_answers_and_a_rebalance_change_nothing() {
    var faults = world.simulator.faults();
    for (var call : List.of("/v1/redemptions/commit", "/v1/redemptions/reverse")) {
      faults.add(FaultRule.of(new Fault.ApplyThenDrop()).on(call).share(0.10));
      faults.add(FaultRule.of(new Fault.DropBefore()).on(call).share(0.05));
      faults.add(FaultRule.of(new Fault.Status(500)).on(call).share(0.05));
    }
    world.onAnnounced(this::customer);
    processes.add(process());
    processes.add(process());
    for (var i = 0; i < CHECKOUTS; i++) {
      world.requests("o-" + i, "u-" + i, 100);
      LockSupport.parkNanos(PAUSE_NANOS);
      if (i == CHECKOUTS / 4) processes.add(process());
      if (i == CHECKOUTS / 2) killAndReplace(0);
      if (i == CHECKOUTS * 3 / 4) killAndReplace(0);
    }
    Awaitility.await("every order ends")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> {
          processes.forEach(each -> assertThat(each.alive()).as(each.output()).isTrue());
          assertThat(open()).isEmpty();
        });
    judge();
  }

  private void customer(RedemptionStatusChanged change) {
    if (change.getStatus() != RedemptionStatus.QUOTED) return;
    var order = change.getOrderId();
    switch (Customer.of(order)) {
      case PAYS -> world.pays(order, PaymentStatus.SUCCEEDED, change.getQuoteId());
      case PAYS_AND_CANCELS -> {
        world.pays(order, PaymentStatus.SUCCEEDED, change.getQuoteId());
        world.pays(order, PaymentStatus.CANCELLED, null);
      }
      case FAILS_TO_PAY -> world.pays(order, PaymentStatus.FAILED, null);
      case PAYS_WITHOUT_DISCOUNT -> world.pays(order, PaymentStatus.SUCCEEDED, null);
      case LEAVES -> {}
    }
  }

  private void judge() {
    var ledger = world.simulator.ledger();
    var atRrr =
        world.simulator.orders().stream()
            .collect(Collectors.toMap(RedemptionOrder::orderId, RedemptionOrder::state));
    var ends = new TreeMap<RedemptionStatus, Integer>();
    for (var i = 0; i < CHECKOUTS; i++) {
      var order = "o-" + i;
      var announced = world.announced(order);
      assertThat(announced)
          .as("each version of %s is seen exactly once", order)
          .extracting(RedemptionStatusChanged::getVersion)
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, announced.size()).mapToObj(Long::valueOf).toList());
      var end = world.last(order).getStatus();
      ends.merge(end, 1, Integer::sum);
      var quoted = announced.stream().anyMatch(each -> each.getStatus() == RedemptionStatus.QUOTED);
      assertThat(end).as(order).isEqualTo(expected(order, quoted));
      assertThat(atRrr.get(order) == RedemptionOrder.State.COMMITTED)
          .as("%s is %s, at RRR %s", order, end, atRrr.get(order))
          .isEqualTo(end == RedemptionStatus.COMMITTED);
    }
    assertThat(burns(ledger, LedgerEntry.Type.REDEEM)).allMatch(count -> count == 1);
    assertThat(burns(ledger, LedgerEntry.Type.REVERSAL)).allMatch(count -> count == 1);
    // The kills cost some customers their quote, not most.
    assertThat(ends.getOrDefault(RedemptionStatus.REJECTED, 0))
        .as("%s", ends)
        .isLessThan(CHECKOUTS);
    assertThat(ends.get(RedemptionStatus.COMMITTED)).as("%s", ends).isPositive();
  }

  private static RedemptionStatus expected(String order, boolean quoted) {
    if (!quoted) return RedemptionStatus.REJECTED;
    return switch (Customer.of(order)) {
      case PAYS -> RedemptionStatus.COMMITTED;
      case PAYS_AND_CANCELS, FAILS_TO_PAY -> RedemptionStatus.REVERSED;
      case PAYS_WITHOUT_DISCOUNT -> RedemptionStatus.CANCELLED;
      case LEAVES -> RedemptionStatus.EXPIRED;
    };
  }

  /** How often each order has such an entry. */
  private static List<Integer> burns(List<LedgerEntry> ledger, LedgerEntry.Type type) {
    return List.copyOf(
        ledger.stream()
            .filter(entry -> entry.type() == type)
            .collect(Collectors.toMap(LedgerEntry::orderId, _ -> 1, Integer::sum))
            .values());
  }

  private List<String> open() {
    return IntStream.range(0, CHECKOUTS)
        .mapToObj(i -> "o-" + i)
        .filter(order -> world.last(order) == null || !ends(order))
        .toList();
  }

  private boolean ends(String order) {
    var last = world.last(order).getStatus();
    // EXPIRED is an end only for who left: the payments of the others are on their way.
    return ENDS.contains(last)
        && (last != RedemptionStatus.EXPIRED || Customer.of(order) == Customer.LEAVES);
  }

  private void killAndReplace(int which) {
    processes.remove(which).kill();
    processes.add(process());
  }

  private JavaProcess process() {
    return world.process(Map.of("REDEMPTION_PAYMENT_TIMEOUT", "20s"));
  }
}
