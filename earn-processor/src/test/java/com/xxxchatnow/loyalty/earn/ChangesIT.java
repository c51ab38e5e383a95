package com.xxxchatnow.loyalty.earn;

import static com.xxxchatnow.loyalty.earn.Purchases.tokens;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.kit.worker.WorkerIdentity;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is changed while instances run holds for all of them within a moment. */
class ChangesIT {
  private static final String BETA = "beta-user";
  private static final int USERS = Depth.of(8, 20);
  private static final int BACKLOG = Depth.of(100, 300);
  private static EarnStack stack;
  private final AtomicInteger orders = new AtomicInteger();
  private final String user = "user-" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    stack = new EarnStack(SimulatorConfig.defaults().withoutRateLimit());
  }

  /** Two, unless a test has stopped them for one with settings of its own. */
  @BeforeEach
  void instances() {
    if (stack.hasInstances()) return;
    stack.with("RRR_BETA_USERS", BETA).instance();
    stack.instance();
    // A record that moves to another instance may have been attempted, and is settled otherwise.
    soon().until(() -> members() == 2);
  }

  /** The instances that have partitions. */
  private static long members() throws Exception {
    var group = EarnProcessor.SERVICE;
    var described = stack.kafka.admin().describeConsumerGroups(List.of(group)).all().get();
    return described.get(group).members().stream()
        .filter(member -> !member.assignment().topicPartitions().isEmpty())
        .count();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(ofSeconds(60)).pollInterval(ofMillis(100)).ignoreExceptions();
  }

  private EarnResult bought(String userId) {
    var order = userId + "-" + orders.incrementAndGet();
    stack.publish(tokens(order, userId, 500).build());
    return soon().until(() -> stack.resultOf(order), result -> result != null);
  }

  private static void set(String flag, String value) {
    stack.flag(
        FlagChanged.newBuilder()
            .setName(flag)
            .setValue(value)
            .setChangedBy("test")
            .setChangedAt(Instant.now())
            .build());
  }

  @Test
  void earning_is_switched_off_and_on_in_all_instances() {
    assertThat(bought(user).getStatus()).isEqualTo(EarnStatus.EARNED);
    set("RRR_EARN_ENABLED", "false");
    for (var i = 0; i < USERS; i++) {
      var each = user + i;
      soon().until(() -> bought(each).getReason() == Reason.DISABLED);
    }
    set("RRR_EARN_ENABLED", "true");
    for (var i = 0; i < USERS; i++) {
      var each = user + i;
      soon().until(() -> bought(each).getStatus() == EarnStatus.EARNED);
    }
  }

  @Test
  void a_rollout_skips_those_who_are_not_in_it_and_never_a_beta_user() {
    assertThat(bought(user).getStatus()).isEqualTo(EarnStatus.EARNED);
    set("RRR_ROLLOUT_PERCENT", "0");
    soon().until(() -> bought(user).getReason() == Reason.OUT_OF_ROLLOUT);
    assertThat(bought(BETA).getStatus()).isEqualTo(EarnStatus.EARNED);
    set("RRR_ROLLOUT_PERCENT", "100");
    soon().until(() -> bought(user).getStatus() == EarnStatus.EARNED);
  }

  @Test
  void a_link_and_an_unlink_take_effect_at_once() {
    var unlinked = "unlinked-" + user;
    assertThat(bought(unlinked).getReason()).isEqualTo(Reason.NOT_LINKED);
    var member = UUID.randomUUID().toString();
    stack.simulator.link(unlinked, member);
    link(unlinked, member, LinkStatus.ACTIVE);
    soon().until(() -> member.equals(bought(unlinked).getRrrMemberId()));
    stack.simulator.unlink(unlinked);
    link(unlinked, member, LinkStatus.REVOKED);
    soon().until(() -> bought(unlinked).getReason() == Reason.NOT_LINKED);
  }

  @Test
  void what_is_no_active_link_makes_rrr_be_asked_and_nobody_unlinked() {
    var member = Simulator.memberOf(user);
    for (var status : LinkStatus.values()) {
      if (status == LinkStatus.ACTIVE) continue;
      var each = status + user;
      var of = Simulator.memberOf(each);
      link(each, of, LinkStatus.ACTIVE);
      link(each, of, status);
      assertThat(bought(each).getStatus()).isEqualTo(EarnStatus.EARNED);
    }
    link(user, member, LinkStatus.ACTIVE);
    link(user, UUID.randomUUID().toString(), LinkStatus.REVOKED);
    assertThat(bought(user).getRrrMemberId()).isEqualTo(member);
  }

  @Test
  void an_unlink_made_here_is_final_and_outranks_the_publishers_member() {
    var member = Simulator.memberOf(user);
    assertThat(bought(user).getRrrMemberId()).isEqualTo(member);
    link(user, member, LinkStatus.REVOKED, LinkSource.LOCAL);
    soon().until(() -> bought(user).getReason() == Reason.NOT_LINKED);
    link(user, member, LinkStatus.ACTIVE);
    stack.publish(tokens("named-" + user, user, 500).setRrrMemberId(member).build());
    var named = soon().until(() -> stack.resultOf("named-" + user), result -> result != null);
    assertThat(named.getReason()).isEqualTo(Reason.NOT_LINKED);
    link(user, member, LinkStatus.ACTIVE, LinkSource.RRR_STATUS);
    soon().until(() -> bought(user).getStatus() == EarnStatus.EARNED);
  }

  @Test
  void where_rrr_must_not_be_asked_a_user_without_an_event_is_dead_lettered_and_not_skipped() {
    stack.stopInstances();
    stack.with("RRR_LINK_ENABLED", "false").instance();
    var result = bought(user);
    assertThat(result.getStatus()).isEqualTo(EarnStatus.DEAD_LETTERED);
    assertThat(result.getReason()).isEqualTo(Reason.DISABLED);
    assertThat(result.getDetail()).contains("RRR_LINK_ENABLED");
    link(user, Simulator.memberOf(user), LinkStatus.ACTIVE);
    soon().until(() -> bought(user).getStatus() == EarnStatus.EARNED);
    assertThat(stack.simulator.calls())
        .noneMatch(call -> call.path().contains("status") && call.path().contains(user));
    stack.stopInstances();
  }

  @Test
  void purchases_before_the_cut_over_are_left_to_the_former_writer() {
    var cutOver = Instant.now();
    stack.stopInstances();
    stack.with("EARN_FROM", cutOver.toString()).instance();
    var order = "before-" + user;
    stack.publish(tokens(order, user, 500).setOccurredAt(cutOver.minusMillis(1)).build());
    var before = soon().until(() -> stack.resultOf(order), result -> result != null);
    assertThat(before.getReason()).isEqualTo(Reason.BEFORE_CUTOVER);
    assertThat(before.getStatus()).isEqualTo(EarnStatus.SKIPPED);
    assertThat(bought(user).getStatus()).isEqualTo(EarnStatus.EARNED);
    stack.stopInstances();
  }

  @Test
  void a_purchase_published_twice_is_booked_once_and_told_alike() {
    var purchase = tokens("twice-" + user, user, 500).build();
    stack.publish(purchase);
    stack.publish(purchase);
    var results = new ArrayList<EarnResult>();
    soon()
        .until(() -> {
          results.clear();
          stack.results().stream()
              .filter(each -> each.getOrderId().equals(purchase.getOrderId()))
              .forEach(results::add);
          return results.size() == 2;
        });
    assertThat(results.get(0)).isEqualTo(results.get(1));
    assertThat(stack.booked())
        .filteredOn(e -> e.orderId().equals(purchase.getOrderId()))
        .hasSize(1);
  }

  @Test
  void a_backlog_goes_in_batches_and_each_item_ends_by_itself() {
    stack.stopInstances();
    stack.with("RRR_EARN_BATCH_SIZE", "10").with("RRR_RATE_LIMIT_RPS", "20");
    stack.with("RRR_RATE_LIMIT_BURST", "1");
    changeIdentity(10);
    var purchases = new ArrayList<com.xxxchatnow.loyalty.events.PurchaseCompleted>();
    for (var i = 0; i < BACKLOG; i++) {
      var each = i % 50 == 7 ? "refused-" + user + i : user + i;
      purchases.add(
          tokens("b-" + each, each, 500).setRrrMemberId(Simulator.memberOf(each)).build());
    }
    stack.publish(purchases);
    var calls = stack.simulator.calls().size();
    stack.instance();
    soon()
        .until(() ->
            stack.results().stream()
                    .filter(e -> e.getOrderId().startsWith("b-") && e.getUserId().contains(user))
                    .count()
                == BACKLOG);
    assertThat(stack.booked())
        .filteredOn(e -> e.orderId().startsWith("b-" + user))
        .hasSize(BACKLOG * 49 / 50);
    assertThat(stack.simulator.calls().size() - calls).isLessThan(BACKLOG / 2);
    assertThat(stack.simulator.calls()).anyMatch(call -> call.path().endsWith("/batch"));
    stack.stopInstances();
    changeIdentity(1);
  }

  /** As {@code ops/loyalty earn identity} does: RRR remembers per endpoint. */
  private static void changeIdentity(int batchSize) {
    var identity =
        IdempotencyKeys.identityOfEarns("plain", SimulatorConfig.defaults().clientId(), batchSize);
    soon()
        .untilAsserted(() ->
            WorkerIdentity.record(
                stack.kafka.admin(), Topics.PURCHASES.name(), EarnProcessor.SERVICE, identity));
  }

  private static void link(String userId, String member, LinkStatus status) {
    link(userId, member, status, LinkSource.WEBHOOK);
  }

  private static void link(String userId, String member, LinkStatus status, LinkSource source) {
    stack.link(
        LinkUpdated.newBuilder()
            .setEventId(UUID.randomUUID().toString())
            .setUserId(userId)
            .setMemberId(member)
            .setStatus(status)
            .setSource(source)
            .setReceivedAt(Instant.now())
            .build());
  }
}
