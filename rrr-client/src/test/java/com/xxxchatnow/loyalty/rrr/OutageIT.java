package com.xxxchatnow.loyalty.rrr;

import static com.xxxchatnow.loyalty.rrr.FaultyRrr.RESET;
import static com.xxxchatnow.loyalty.rrr.FaultyRrr.answer;
import static com.xxxchatnow.loyalty.rrr.FaultyRrr.earned;
import static com.xxxchatnow.loyalty.rrr.FaultyRrr.error;
import static com.xxxchatnow.loyalty.rrr.Samples.PURCHASE;
import static com.xxxchatnow.loyalty.rrr.Samples.call;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.rrr.FaultyRrr.Effect;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Priority;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An outage is not poison, and poison is not an outage. */
@Timeout(30)
class OutageIT {
  private static final RrrClientConfig.PoisonRule POISON =
      new RrrClientConfig.PoisonRule(4, 12, Duration.ZERO);
  private static final Duration OPEN = ofMillis(100);

  private final FaultyRrr rrr = new FaultyRrr();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private Budget budget = new Budget(10_000, 1_000);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CapturedLog log = new CapturedLog();
  private final AtomicBoolean up = new AtomicBoolean();
  private RrrClient client = client(ofMillis(5), ofMillis(40));

  @AfterEach
  void close() throws IOException {
    threads.shutdownNow();
    threads.close();
    client.close();
    rrr.close();
    log.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"answered 503", "reset", "token"})
  void in_an_outage_nothing_is_refused_one_probe_is_sent_at_a_time_and_it_is_logged_once(
      String kind) throws Exception {
    rrr.otherwise(call -> up.get() ? earned() : kind.equals("reset") ? RESET : answer(503, ""));
    if (kind.equals("token"))
      rrr.tokens(call -> up.get() ? FaultyRrr.granted("t", 60) : answer(503, ""));
    var arrivals = kind.equals("token") ? rrr.tokenCalls : rrr.calls;
    var calls = start(30);
    await().until(() -> client.outage().isPresent());
    var before = arrivals.size();
    await().until(() -> arrivals.size() >= before + 6);

    // Some attempts may have been under way when the circuit opened; the last ones are probes.
    for (var i = before + 3; i < before + 6; i++)
      assertThat(arrivals.get(i).atNanos() - arrivals.get(i - 1).atNanos())
          .isGreaterThan(OPEN.toNanos() * 9 / 10);
    assertThat(calls).noneMatch(Future::isDone);
    up.set(true);
    for (var one : calls) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
    assertThat(client.outage()).isEmpty();
    assertThat(log.lines("RRR is down")).hasSize(1);
    assertThat(log.lines("RRR answers again")).hasSize(1);
    assertThat(metrics.counter("rrr.client.outages").count()).isEqualTo(1);
  }

  @Test
  void while_one_probes_all_others_wait() throws Exception {
    var decided = new CountDownLatch(1);
    rrr.otherwise(
        call -> client.outage().isEmpty() ? answer(503, "") : new Effect.Held(decided, earned()));
    var calls = start(30);
    await().until(() -> client.outage().isPresent());
    var attempts = rrr.calls.size();
    await().until(() -> rrr.calls.size() > attempts);
    var withProbe = rrr.calls.size();
    await().during(ofMillis(300)).atMost(ofSeconds(2)).until(() -> rrr.calls.size() == withProbe);
    assertThat(metrics.get("rrr.client.circuit.state").gauge().value()).isEqualTo(1);
    decided.countDown();
    for (var one : calls) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void a_call_that_queued_for_the_budget_when_rrr_went_down_wastes_no_attempt() throws Exception {
    client.close();
    budget = new Budget(200, 1);
    client = client(ofMillis(5), ofMillis(40));
    rrr.otherwise(call -> up.get() ? earned() : answer(503, ""));
    var calls = start(100);
    await().until(() -> client.outage().isPresent());
    var before = rrr.calls.size();
    await().until(() -> rrr.calls.size() >= before + 3);
    assertThat(rrr.calls.get(before + 2).atNanos() - rrr.calls.get(before + 1).atNanos())
        .isGreaterThan(OPEN.toNanos() * 9 / 10);
    up.set(true);
    for (var one : calls) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void failures_of_attempts_from_before_the_outage_begin_no_second_one() throws Exception {
    var held = new CountDownLatch(1);
    rrr.otherwise(call -> new Effect.Held(held, answer(503, "")));
    var stragglers = start(25);
    await().until(() -> rrr.calls.size() == 25);
    rrr.otherwise(call -> up.get() ? earned() : answer(503, ""));
    var calls = start(20);
    await().until(() -> client.outage().isPresent());
    up.set(true);
    for (var one : calls) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
    held.countDown();
    for (var one : stragglers) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
    assertThat(metrics.counter("rrr.client.outages").count()).isEqualTo(1);
  }

  @Test
  void a_probe_that_is_interrupted_makes_room_for_the_next() throws Exception {
    var leaving = new CountDownLatch(1);
    var down = new AtomicBoolean(true);
    rrr.otherwise(call -> down.get() ? answer(503, "") : new Effect.Held(leaving, earned()));
    var calls = start(30);
    await().until(() -> client.outage().isPresent());
    down.set(false);
    var before = rrr.calls.size();
    await().until(() -> rrr.calls.size() > before);
    // All that wait are interrupted, the probe among them; the next call must get through.
    for (var one : calls) one.cancel(true);
    leaving.countDown();
    assertThat(client.earn(PURCHASE, call())).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void waiting_calls_with_a_deadline_end_in_time() throws Exception {
    rrr.otherwise(call -> answer(503, ""));
    start(30);
    await().until(() -> client.outage().isPresent());
    var deadline = Instant.now().plusMillis(300);
    var waiting = new ArrayList<Future<Duration>>();
    for (var i = 0; i < 200; i++) waiting.add(threads.submit(() -> lateness(deadline)));
    for (var one : waiting)
      assertThat(one.get()).isBetween(Duration.ofMillis(-5), Duration.ofMillis(500));
  }

  private Duration lateness(Instant deadline) throws InterruptedException {
    var call =
        new CallOptions("k-" + UUID.randomUUID(), UUID.randomUUID(), Priority.HIGH, deadline);
    assertThat(client.earn(PURCHASE, call)).isInstanceOf(Outcome.Unanswered.class);
    return Duration.between(deadline, Instant.now());
  }

  @Test
  void a_call_that_rests_between_attempts_goes_on_as_soon_as_the_outage_is_over() throws Exception {
    client.close();
    client = client(ofMinutes(10), ofMinutes(10));
    rrr.otherwise(call -> up.get() ? earned() : answer(503, ""));
    var calls = start(20);
    await().until(() -> client.outage().isPresent());
    up.set(true);
    client.earn(PURCHASE, call());
    for (var one : calls) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void no_number_of_429_makes_an_outage() throws Exception {
    for (var i = 0; i < 100; i++) rrr.then(error(429, "RATE_LIMITED"));
    for (var one : start(50)) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
    assertThat(metrics.counter("rrr.client.outages").count()).isZero();
  }

  @Test
  void a_call_that_alone_keeps_being_answered_500_is_refused_while_others_succeed()
      throws Exception {
    rrr.otherwise(call -> poisonous(call) ? error(500, "INTERNAL_ERROR") : earned());
    var poison = threads.submit(() -> client.earn(PURCHASE, poison()));
    while (!poison.isDone()) client.earn(PURCHASE, call());
    assertThat(poison.get())
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.why()).isEqualTo(Refusal.REFUSED_OTHER);
              assertThat(refused.code()).isEqualTo("KEEPS_FAILING");
              assertThat(refused.detail())
                  .matches("answered 500 \\d+ times while \\d+ other calls succeeded");
              assertThat(refused.attempts()).isGreaterThanOrEqualTo(4);
            });
    assertThat(metrics.counter("rrr.client.outages").count()).isZero();
  }

  @Test
  void an_endpoints_outage_holds_up_its_own_calls_only_and_refuses_none() throws Exception {
    rrr.otherwise(call ->
        call.path().contains("/links/status")
            ? answer(200, "{\"linked\":false}")
            : up.get() ? earned() : error(500, "INTERNAL_ERROR"));
    var earns = start(30);
    await().until(() -> client.outage().isPresent());
    for (var i = 0; i < 200; i++)
      assertThat(client.linkStatus("u", call())).isInstanceOf(Outcome.Done.class);
    // Each earn is a probe now and then, while links succeed all the time.
    var before = attempts("earn", "5xx");
    await()
        .until(() -> {
          client.linkStatus("u", call());
          return attempts("earn", "5xx") >= before + 10;
        });
    assertThat(earns).noneMatch(Future::isDone);
    assertThat(client.outage()).hasValue("earn: answered 500");
    assertThat(circuit("earn")).isPositive();
    assertThat(circuit("link_status")).isZero();
    assertThat(metrics.get("rrr.client.circuit.state").gauge().value()).isPositive();
    up.set(true);
    for (var one : earns) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
    assertThat(circuit("earn")).isZero();
  }

  @Test
  void an_outage_for_some_users_refuses_none_of_their_calls() throws Exception {
    rrr.otherwise(call ->
        call.header("Idempotency-Key").startsWith("affected") && !up.get()
            ? error(500, "INTERNAL_ERROR")
            : earned());
    var affected = new ArrayList<Future<Outcome<Earned>>>();
    for (var i = 0; i < 8; i++) {
      var call = CallOptions.untilAnswered("affected-" + i, UUID.randomUUID());
      affected.add(threads.submit(() -> client.earn(PURCHASE, call)));
    }
    while (attempts("earn", "5xx") < 120) client.earn(PURCHASE, call());
    assertThat(affected).noneMatch(Future::isDone);
    up.set(true);
    for (var one : affected) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void an_answer_that_is_not_rrrs_is_left_to_the_poison_rule_in_the_end() throws Exception {
    rrr.otherwise(call -> poisonous(call) ? answer(403, "{\"message\":\"Forbidden\"}") : earned());
    var blocked = threads.submit(() -> client.earn(PURCHASE, poison()));
    while (!blocked.isDone()) client.earn(PURCHASE, call());
    assertThat(blocked.get())
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo("KEEPS_FAILING");
              assertThat(refused.detail()).startsWith("answered 403 (application/json) without");
            });
  }

  private double attempts(String operation, String answer) {
    return metrics.counter("rrr.client.attempts", "operation", operation, "answer", answer).count();
  }

  private double circuit(String operation) {
    return metrics
        .get("rrr.client.operation.circuit.state")
        .tag("operation", operation)
        .gauge()
        .value();
  }

  @Test
  void a_call_that_alone_meets_silence_is_not_poison() throws Exception {
    rrr.otherwise(call -> poisonous(call) && !up.get() ? RESET : earned());
    var unlucky = threads.submit(() -> client.earn(PURCHASE, poison()));
    await().until(() -> rrr.calls.stream().filter(OutageIT::poisonous).count() > 1);
    while (rrr.calls.stream().filter(OutageIT::poisonous).count() < 12)
      client.earn(PURCHASE, call());
    assertThat(unlucky.isDone()).isFalse();
    assertThat(log.lines("goes on after")).hasSize(1);
    up.set(true);
    assertThat(unlucky.get()).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void an_rrr_that_fails_every_third_call_gets_no_call_refused() throws Exception {
    var random = new java.util.Random(7);
    rrr.otherwise(call -> random.nextInt(3) == 0 ? error(500, "INTERNAL_ERROR") : earned());
    for (var one : start(1_000)) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void no_log_line_holds_a_secret_a_body_or_an_id() throws Exception {
    rrr.then(
        error(500, "INTERNAL_ERROR"),
        error(401, "UNAUTHENTICATED"),
        answer(403, "{\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"user-1 order-1\"}}"));
    client.earn(PURCHASE, call());
    rrr.tokens(call -> error(400, "BAD"));
    rrr.otherwise(call -> error(401, "UNAUTHENTICATED"));
    var call =
        new CallOptions("k-1", UUID.randomUUID(), Priority.HIGH, Instant.now().plusMillis(300));
    client.earn(PURCHASE, call);
    assertThat(log.lines("refused UNAUTHORIZED")).hasSize(1);
    assertThat(log.lines("refuses the client's credentials")).hasSize(1);
    for (var secret : List.of("s3cret", "token-", "user-1", "order-1", "member-1", "k-", "client_"))
      assertThat(log.lines(secret)).isEmpty();
  }

  private List<Future<Outcome<Earned>>> start(int many) {
    var calls = new ArrayList<Future<Outcome<Earned>>>();
    for (var i = 0; i < many; i++) calls.add(threads.submit(() -> client.earn(PURCHASE, call())));
    return calls;
  }

  private static CallOptions poison() {
    return CallOptions.untilAnswered("poison", UUID.randomUUID());
  }

  private static boolean poisonous(FaultyRrr.Received call) {
    return call.header("Idempotency-Key").equals("poison");
  }

  private RrrClient client(Duration firstPause, Duration longestPause) {
    var limits =
        new RrrClientConfig.Limits(
            ofMillis(500),
            ofSeconds(5),
            firstPause,
            longestPause,
            ofSeconds(5),
            ofSeconds(60),
            ofSeconds(30));
    var config =
        RrrClientConfig.of(rrr.url(), "xcn", "s3cret")
            .with(limits)
            .with(new RrrClientConfig.CircuitRule(40, 20, 50, OPEN))
            .with(POISON);
    return new RrrClient(config, budget, Clock.systemUTC(), metrics);
  }
}
