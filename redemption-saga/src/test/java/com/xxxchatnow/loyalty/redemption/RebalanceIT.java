package com.xxxchatnow.loyalty.redemption;

import static com.xxxchatnow.loyalty.events.RedemptionStatus.COMMITTED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.EXPIRED;
import static com.xxxchatnow.loyalty.events.RedemptionStatus.QUOTED;
import static com.xxxchatnow.loyalty.redemption.RedemptionFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.redemption.query.Peers;
import com.xxxchatnow.loyalty.redemption.query.RedemptionJson;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Orders move between instances: what a checkout sees meanwhile. */
class RebalanceIT {
  private static final int ORDERS = 48;
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, String> STANDBYS = Map.of("REDEMPTION_STANDBYS", "1");
  private static RedemptionFixture world;

  private JavaProcess other;
  private Service saga;
  private String queries;

  @BeforeAll
  static void start() {
    world = new RedemptionFixture();
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  @AfterEach
  void close() {
    if (other != null) other.kill();
    world.stops(saga);
  }

  @Test
  void while_a_killed_owners_orders_move_their_copies_answer() {
    var orders = twoInstancesWithOrders("copy-", STANDBYS);
    Awaitility.await("this instance has a copy of each order")
        .atMost(PATIENCE)
        .until(() -> orders.stream().allMatch(order -> here(order, "standby") == 200));

    other.kill();

    // Its session lasts for seconds more: all this time it counts as the owner.
    for (var order : orders) {
      var answer = ask(order);
      assertThat(answer.statusCode()).as(order + " " + answer.body()).isEqualTo(200);
      assertThat(answer.body()).contains("\"QUOTED\"");
    }
  }

  @Test
  void without_copies_a_killed_owners_orders_are_503_until_they_have_moved() {
    var orders = twoInstancesWithOrders("alone-", Map.of());
    var moving = notHere(orders).getFirst();

    other.kill();

    var first = ask(moving);
    assertThat(first.statusCode()).as(first.body()).isEqualTo(503);
    Awaitility.await("all have moved").atMost(PATIENCE).until(() -> allAnswered(orders));
    assertThat(orders).allMatch(order -> here(order, "active") == 200);
  }

  @Test
  void an_instance_that_joins_and_one_that_leaves_cost_nobody_the_quote() {
    // Longer than a rebalance takes, shorter than one that leaves without a word is waited for.
    var patient = Map.of("REDEMPTION_QUOTE_TIMEOUT", "6s");
    saga = world.saga(patient);
    awaitQuoted("warm-");

    var joining = CompletableFuture.supplyAsync(() -> world.saga(patient));
    var orders = requestsUntil("joins-", () -> joining.isDone() && hasItsHalf(joining.join()));
    var leaving = CompletableFuture.runAsync(() -> world.stops(joining.join()));
    orders.addAll(requestsUntil("leaves-", leaving::isDone));

    for (var order : orders) world.awaits(order, QUOTED);
  }

  @Test
  void what_was_paid_in_time_while_nobody_ran_does_not_expire() {
    var hasty = Map.of("REDEMPTION_PAYMENT_TIMEOUT", "5s");
    saga = world.saga(hasty);
    var orders = awaitQuoted("paid-");
    world.stops(saga);
    for (var order : orders)
      world.pays(order, PaymentStatus.SUCCEEDED, world.last(order).getQuoteId());
    var deadline = world.last(orders.getLast()).getDeadline();
    Awaitility.await("all deadlines pass").until(() -> Instant.now().isAfter(deadline));

    saga = world.saga(hasty);

    for (var order : orders) world.awaits(order, COMMITTED);
    assertThat(orders)
        .flatMap(world::announced)
        .extracting(RedemptionStatusChanged::getStatus)
        .doesNotContain(EXPIRED);
  }

  /** This instance and the one to be killed share the orders, which are all quoted. */
  private List<String> twoInstancesWithOrders(String prefix, Map<String, String> env) {
    saga = world.saga(env);
    queries = world.queries(saga);
    other = world.process(env);
    Awaitility.await("both have orders")
        .atMost(PATIENCE)
        .until(() -> assigned(saga) == Topics.REDEMPTION_CALLS.partitions() / 2);
    var orders = awaitQuoted(prefix);
    Awaitility.await("the other one has some of them, and nothing moves")
        .atMost(PATIENCE)
        .until(() -> !notHere(orders).isEmpty() && isReady(saga));
    return orders;
  }

  /** Orders that are quoted; some of a first attempt may be too late while partitions move. */
  private List<String> awaitQuoted(String prefix) {
    for (var attempt = 0; ; attempt++) {
      var orders = new ArrayList<String>();
      for (var i = 0; i < ORDERS; i++) orders.add(prefix + attempt + "-" + i);
      orders.forEach(order -> world.requests(order, "u-" + order, 10));
      Awaitility.await("decided")
          .atMost(PATIENCE)
          .until(() -> orders.stream().allMatch(order -> isDecided(world.last(order))));
      if (orders.stream().allMatch(order -> world.last(order).getStatus() == QUOTED)) return orders;
      assertThat(attempt).as("attempts").isLessThan(20);
    }
  }

  private static boolean isDecided(RedemptionStatusChanged last) {
    return last != null && RedemptionJson.decided(last.getStatus());
  }

  /** A checkout every few milliseconds. */
  private static List<String> requestsUntil(String prefix, BooleanSupplier end) {
    var orders = new ArrayList<String>();
    while (!end.getAsBoolean()) {
      var order = prefix + orders.size();
      orders.add(order);
      world.requests(order, "u-" + order, 10);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return orders;
  }

  private static boolean hasItsHalf(Service instance) {
    return assigned(instance) == Topics.REDEMPTION_CALLS.partitions() / 2 && isReady(instance);
  }

  private static boolean isReady(Service instance) {
    return get(admin(instance) + "/health/ready").statusCode() == 200;
  }

  /** Partitions of the instance's caller. */
  private static int assigned(Service instance) {
    return get(admin(instance) + "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("worker_partitions_assigned{"))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static String admin(Service instance) {
    return "http://127.0.0.1:" + instance.adminPort();
  }

  private List<String> notHere(List<String> orders) {
    return orders.stream().filter(order -> here(order, "active") != 200).toList();
  }

  /** What this instance says from its own stores. */
  private int here(String order, String copyOrOwner) {
    return get(queries + "/redemptions/" + order, Peers.LOCAL, copyOrOwner).statusCode();
  }

  private HttpResponse<String> ask(String order) {
    return get(queries + "/redemptions/" + order);
  }

  /** Whether each order is answered; what is not is to be asked again. */
  private boolean allAnswered(List<String> orders) {
    var all = true;
    for (var order : orders) {
      var answer = ask(order);
      if (answer.statusCode() == 503)
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      else assertThat(answer.statusCode()).as(order + " " + answer.body()).isEqualTo(200);
      all &= answer.statusCode() == 200;
    }
    return all;
  }
}
