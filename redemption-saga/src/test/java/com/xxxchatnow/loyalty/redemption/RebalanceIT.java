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
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
  private static final Pattern QUERIES = Pattern.compile("answers queries on (http://\\S+)");
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

    hang(other);
    for (var order : notHere(orders)) {
      var answer = decidedWithin(order, Duration.ofSeconds(3));
      assertThat(answer.statusCode()).as(order + " " + answer.body()).isEqualTo(200);
    }
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

    hang(other);
    assertThat(decidedWithin(moving, Duration.ofSeconds(2)).statusCode()).isEqualTo(503);
    assertThat(get(queries + "/redemptions?status=QUOTED").statusCode()).isEqualTo(503);
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

  @Test
  void while_an_instance_stops_its_orders_are_answered_or_503_and_nothing_else() {
    var orders = twoInstancesWithOrders("stops-", Map.of());
    var stopping = CompletableFuture.runAsync(() -> other.stop(PATIENCE));
    do allAnswered(orders);
    while (!stopping.isDone());
    Awaitility.await("all have moved").atMost(PATIENCE).until(() -> allAnswered(orders));

    var itself = CompletableFuture.runAsync(() -> world.stops(saga));
    try {
      do allAnswered(orders);
      while (!itself.isDone());
    } catch (AssertionError ended) {
      // Its port is closed last.
      assertThat(ended).hasCauseInstanceOf(IOException.class);
    }
    itself.join();
  }

  @Test
  void of_two_instances_that_advertise_one_endpoint_one_is_unready_and_says_what_to_set() {
    saga = world.saga(Map.of());
    var port = URI.create(world.queries(saga)).getPort();
    var twin =
        world.saga(
            Map.of(
                "HTTP_HOST", "127.0.0.2",
                "HTTP_PORT", Integer.toString(port),
                "REDEMPTION_QUERY_HOST", "127.0.0.1"));
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() ->
              Stream.of(saga, twin)
                  .map(each -> get(admin(each) + "/health/ready").body())
                  .anyMatch(health -> health.contains("set REDEMPTION_QUERY_HOST")));
    } finally {
      world.stops(twin);
    }
    Awaitility.await("alone it is ready").atMost(PATIENCE).until(() -> isReady(saga));
  }

  @Test
  void two_thousand_half_requests_are_cut_and_keep_nobody_from_an_answer() throws IOException {
    saga = world.saga(Map.of());
    // In a process of its own, as in production: another server of this JVM sets no bounds.
    other = world.process(Map.of());
    var started = other.awaitLine(QUERIES, PATIENCE);
    var asked = QUERIES.matcher(started);
    assertThat(asked.find()).isTrue();
    var address = URI.create(asked.group(1));
    var half = "GET /redemptions/x HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII);
    var sockets = new ArrayList<Socket>();
    try {
      for (var i = 0; i < 2_000; i++) {
        var socket = new Socket(address.getHost(), address.getPort());
        sockets.add(socket);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream().write(half);
      }
      assertThat(get(address + "/openapi.yaml").statusCode()).isEqualTo(200);
      for (var socket : sockets) assertThat(isCut(socket)).isTrue();
    } finally {
      for (var socket : sockets) socket.close();
    }
  }

  private static boolean isCut(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() == -1;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** It still has its connections and its place in the group, and says nothing more. */
  private static void hang(JavaProcess instance) {
    try {
      var pid = Long.toString(instance.pid());
      assertThat(new ProcessBuilder("kill", "-STOP", pid).start().waitFor()).isZero();
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  /** The answer; more than the asked time is the machine's, and less than another step's. */
  private HttpResponse<String> decidedWithin(String order, Duration limit) {
    var begin = System.nanoTime();
    var query = "?wait=decided&timeout=%dms".formatted(limit.toMillis());
    var answer = get(queries + "/redemptions/" + order + query);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isLessThan(limit.plus(Duration.ofMillis(1_500)));
    return answer;
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
