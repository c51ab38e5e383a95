package com.xxxchatnow.loyalty.redemption;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.ledger.RedemptionOrder;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.util.Map;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main road through broker, registry and simulator. */
class RedemptionSagaIT {
  private static final long SHARED = 64 * 1024 * 1024;

  private static RedemptionFixture world;

  @BeforeAll
  static void start() {
    world = new RedemptionFixture();
    world.saga(Map.of("REDEMPTION_PAYMENT_TIMEOUT", "3s"));
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  @Test
  void a_paid_checkout_burns_the_points() {
    world.requests("paid", "u-paid", 500);
    var quoted = world.awaits("paid", RedemptionStatus.QUOTED);
    assertThat(quoted.getDiscountMinor()).isEqualTo(500);
    world.pays("paid", PaymentStatus.SUCCEEDED, quoted.getQuoteId());
    world.awaits("paid", RedemptionStatus.COMMITTED);
    assertThat(world.simulator.balance("u-paid")).isEqualTo(9_500);
  }

  @Test
  void a_cancelled_payment_gives_the_points_back() {
    world.requests("cancelled", "u-cancelled", 500);
    var quoted = world.awaits("cancelled", RedemptionStatus.QUOTED);
    world.pays("cancelled", PaymentStatus.SUCCEEDED, quoted.getQuoteId());
    world.awaits("cancelled", RedemptionStatus.COMMITTED);
    world.pays("cancelled", PaymentStatus.CANCELLED, null);
    world.awaits("cancelled", RedemptionStatus.REVERSED);
    assertThat(world.simulator.balance("u-cancelled")).isEqualTo(10_000);
    assertThat(world.simulator.orders())
        .filteredOn(order -> order.orderId().equals("cancelled"))
        .extracting(RedemptionOrder::state)
        .containsExactly(RedemptionOrder.State.REVERSED);
  }

  @Test
  void a_failed_payment_burns_nothing() {
    world.requests("failed", "u-failed", 500);
    world.awaits("failed", RedemptionStatus.QUOTED);
    world.pays("failed", PaymentStatus.FAILED, null);
    world.awaits("failed", RedemptionStatus.REVERSED);
    assertThat(world.simulator.balance("u-failed")).isEqualTo(10_000);
  }

  @Test
  void a_user_without_enough_points_gets_no_quote() {
    world.requests("poor", "u-poor", 10_001);
    assertThat(world.awaits("poor", RedemptionStatus.REJECTED).getReason())
        .isEqualTo(Reason.NOT_ELIGIBLE);
  }

  @Test
  void a_user_without_a_link_gets_no_quote() {
    world.requests("unlinked", "unlinked-user", 500);
    assertThat(world.awaits("unlinked", RedemptionStatus.REJECTED).getReason())
        .isEqualTo(Reason.NOT_LINKED);
  }

  @Test
  void a_checkout_that_nobody_pays_expires_and_may_still_be_paid() {
    world.requests("slow", "u-slow", 500);
    var quoted = world.awaits("slow", RedemptionStatus.QUOTED);
    assertThat(world.awaits("slow", RedemptionStatus.EXPIRED).getReason())
        .isEqualTo(Reason.PAYMENT_TIMEOUT);
    world.pays("slow", PaymentStatus.SUCCEEDED, quoted.getQuoteId());
    world.awaits("slow", RedemptionStatus.COMMITTED);
  }

  @Test
  void the_stores_of_all_partitions_share_one_memory_off_the_heap() throws Exception {
    var kafkaStreams = ManagementFactory.getPlatformMBeanServer();
    var stores = new ObjectName("kafka.streams:type=stream-state-metrics,rocksdb-state-id=*,*");
    Awaitility.await()
        .until(() ->
            kafkaStreams.queryNames(stores, null).size() == Topics.REDEMPTION_CALLS.partitions());
    for (var store : kafkaStreams.queryNames(stores, null))
      assertThat(kafkaStreams.getAttribute(store, "block-cache-capacity"))
          .isEqualTo(BigInteger.valueOf(SHARED));
  }
}
