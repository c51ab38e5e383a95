package com.xxxchatnow.loyalty.earn;

import static com.xxxchatnow.loyalty.earn.Purchases.membership;
import static com.xxxchatnow.loyalty.earn.Purchases.tokens;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The road of a purchase, with nothing in its way. */
class EarnProcessorIT {
  private static EarnStack stack;

  @BeforeAll
  static void start() {
    stack = new EarnStack(SimulatorConfig.defaults());
    stack.instance();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(ofSeconds(30)).pollInterval(ofMillis(50)).ignoreExceptions();
  }

  private final String user = "user-" + UUID.randomUUID();
  private final String order = "order-" + UUID.randomUUID();

  private com.xxxchatnow.loyalty.events.EarnResult resultOf(PurchaseCompleted.Builder purchase) {
    stack.publish(purchase.build());
    return soon().until(() -> stack.resultOf(purchase.getOrderId()), result -> result != null);
  }

  @Test
  void tokens_earn_a_point_for_each_unit() {
    var result = resultOf(tokens(order, user, 12_99));
    assertThat(result.getStatus()).isEqualTo(EarnStatus.EARNED);
    assertThat(result.getPoints()).isEqualTo(12);
    assertThat(result.getIdempotencyKey()).isEqualTo("token_purchase_" + order);
    assertThat(result.getRrrMemberId()).isEqualTo(Simulator.memberOf(user));
    var entry = stack.booked().stream().filter(e -> e.orderId().equals(order)).findFirst().get();
    assertThat(entry.entryId()).isEqualTo(result.getLedgerEntryId());
    assertThat(entry.pointsDelta()).isEqualTo(12);
  }

  @Test
  void a_membership_of_a_vip_earns_thrice_its_whole_units() {
    var result = resultOf(membership(order, user, 12_99).setUserTier("VIP"));
    assertThat(result.getPoints()).isEqualTo(36);
    assertThat(result.getIdempotencyKey()).isEqualTo("membership_purchase_" + order);
  }

  @Test
  void a_user_without_a_member_is_skipped() {
    var result = resultOf(tokens(order, "unlinked-" + user, 100));
    assertThat(result.getStatus()).isEqualTo(EarnStatus.SKIPPED);
    assertThat(result.getReason()).isEqualTo(Reason.NOT_LINKED);
  }

  @Test
  void too_little_for_a_point_is_skipped_and_rrr_is_not_asked() {
    var result = resultOf(tokens(order, user, 99));
    assertThat(result.getReason()).isEqualTo(Reason.ZERO_POINTS);
    assertThat(result.getAttempts()).isZero();
  }

  @Test
  void what_rrr_refuses_is_dead_lettered_and_told() {
    var result = resultOf(tokens("refused-" + order, user, 100));
    assertThat(result.getStatus()).isEqualTo(EarnStatus.DEAD_LETTERED);
    assertThat(result.getReason()).isEqualTo(Reason.REFUSED_VALIDATION);
    assertThat(stack.deadLetters())
        .anyMatch(letter -> new String(letter.key(), UTF_8).equals(user) && letter.value() != null);
  }
}
