package com.xxxchatnow.loyalty.rrr;

import static com.xxxchatnow.loyalty.rrr.FaultyRrr.RESET;
import static com.xxxchatnow.loyalty.rrr.FaultyRrr.SILENCE;
import static com.xxxchatnow.loyalty.rrr.FaultyRrr.answer;
import static com.xxxchatnow.loyalty.rrr.FaultyRrr.earned;
import static com.xxxchatnow.loyalty.rrr.FaultyRrr.error;
import static com.xxxchatnow.loyalty.rrr.FaultyRrr.granted;
import static com.xxxchatnow.loyalty.rrr.Samples.PURCHASE;
import static com.xxxchatnow.loyalty.rrr.Samples.call;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.rrr.FaultyRrr.Effect;
import com.xxxchatnow.loyalty.rrr.FaultyRrr.Received;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnItemResult;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.LinkConfirmRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkIntentRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.LinkType;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Priority;
import com.xxxchatnow.loyalty.rrr.api.QuoteRequest;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import com.xxxchatnow.loyalty.rrr.api.ReverseRequest;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against a real HTTP server that does what networks do. */
@Timeout(30)
class RrrClientIT {
  private static final RrrClientConfig.Limits LIMITS = limits(ofSeconds(10));

  /** Only where silence has to end: a busy machine may need more for an honest answer. */
  private static final RrrClientConfig.Limits QUICK = limits(ofMillis(400));

  private static final RrrClientConfig.CircuitRule PATIENT =
      new RrrClientConfig.CircuitRule(40, 20, 50, ofMillis(100));

  private final FaultyRrr rrr = new FaultyRrr();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Budget budget = new Budget(10_000, 1_000);
  private RrrClient client = client(PATIENT);

  @AfterEach
  void close() throws IOException {
    client.close();
    rrr.close();
  }

  @Test
  void every_call_carries_the_agreed_headers_and_only_mutations_a_key() throws Exception {
    var trace = UUID.randomUUID();
    var parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    client.earn(
        PURCHASE, new CallOptions("token_purchase_o-1", trace, Priority.NORMAL, null, parent));
    rrr.then(answer(200, "{\"linked\":false}"));
    client.linkStatus("user 1&x", CallOptions.untilAnswered(trace));

    var earn = rrr.calls.get(0);
    assertThat(earn.method()).isEqualTo("POST");
    assertThat(earn.path()).isEqualTo("/v1/points/earn");
    assertThat(earn.header("Authorization")).isEqualTo("Bearer token-1");
    assertThat(earn.header("X-Client-Id")).isEqualTo("xcn");
    assertThat(earn.header("X-Request-Trace")).isEqualTo(trace.toString());
    assertThat(earn.header("Content-Type")).isEqualTo("application/json");
    assertThat(earn.header("Idempotency-Key")).isEqualTo("token_purchase_o-1");
    assertThat(earn.header("traceparent")).isEqualTo(parent);
    var status = rrr.calls.get(1);
    assertThat(status.path()).isEqualTo("/v1/links/status?client_user_id=user%201%26x");
    assertThat(status.header("Idempotency-Key")).isNull();
    assertThat(status.header("X-Request-Trace")).isEqualTo(trace.toString());
    var token = rrr.tokenCalls.getFirst();
    assertThat(token.header("Authorization")).isNull();
    assertThat(token.body())
        .isEqualTo(
            "{\"grant_type\":\"client_credentials\",\"client_id\":\"xcn\","
                + "\"client_secret\":\"s3cret\"}");
  }

  static Stream<Effect> faults() {
    return Stream.of(
        error(500, "INTERNAL_ERROR"),
        answer(502, "<html>Bad gateway</html>"),
        answer(503, ""),
        answer(504, "gateway timeout"),
        answer(302, ""),
        RESET,
        SILENCE,
        new Effect.Cut(FaultyRrr.EARNED),
        new Effect.CutWithoutLength(FaultyRrr.EARNED),
        answer(200, "<html>Please log in</html>"),
        answer(404, "<html>no such route</html>"),
        answer(200, "{\"status\":\"ACCEPTED\"}"),
        answer(200, ""),
        new Effect.Flood(100L << 20),
        new Effect.Drip(ofMillis(50)),
        error(429, "RATE_LIMITED"),
        error(401, "UNAUTHENTICATED"));
  }

  /** Answers that a gateway, a framework or a portal gives in RRR's place. */
  static Stream<Effect> strangers() {
    return Stream.of(
        answer(404, "{\"message\":\"no Route matched with those values\"}"),
        answer(403, "{\"message\":\"Forbidden\"}"),
        answer(404, "{\"error\":\"Not Found\"}"),
        answer(404, ""),
        answer(403, ""),
        answer(400, "{\"error\":{\"code\":404,\"message\":\"x\",\"status\":\"NOT_FOUND\"}}"),
        answer(422, "{\"detail\":\"what\"}"),
        error(404, "INTERNAL_ERROR"),
        answer(502, "<html>Bad gateway</html>"),
        answer(302, ""),
        answer(200, "<html>Please log in</html>"));
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void nobody_elses_answer_is_taken_for_rrrs_at_any_endpoint(Effect stranger) throws Exception {
    var strange = new AtomicReference<>(true);
    rrr.otherwise(call -> strange.getAndSet(!strange.get()) ? stranger : promised(call));
    for (var one : everyCall()) {
      strange.set(true);
      var outcome = one.run(0);
      assertThat(outcome).isInstanceOf(Outcome.Done.class);
      assertThat(outcome.attempts()).isEqualTo(2);
    }
  }

  private List<Work> everyCall() {
    var member = "member-1";
    var at = Instant.parse("2026-11-01T10:00:00Z");
    var quote =
        new QuoteRequest("user-1", member, "USD", 1000, List.of(), QuoteRequest.Mode.MAX, null);
    return List.of(
        _ -> client.earn(PURCHASE, call()),
        _ -> client.earnBatch(List.of(new EarnItem(PURCHASE, "k-1")), call()),
        _ -> client.linkStatus("user-1", call()),
        _ -> client.linkIntent(new LinkIntentRequest("user-1", LinkType.MEMBER), call()),
        _ ->
            client.linkConfirm(
                new LinkConfirmRequest(
                    "i", member, "user-1", LinkConfirmRequest.Method.EMAIL_OTP, "123"),
                call()),
        _ -> client.wallet(member, call()),
        _ -> client.ledger(member, at, at.plusSeconds(1), null, call()),
        _ -> client.quote(quote, call()),
        _ -> client.commit(new CommitRequest("q", "o", "user-1", member, at), call()),
        _ -> client.reverse(new ReverseRequest("o", ReverseRequest.Reason.CANCELLED), call()));
  }

  private static Effect promised(Received call) {
    var path = call.path().replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    return answer(
        200,
        switch (path) {
          case "earn" -> FaultyRrr.EARNED;
          case "batch" ->
              "{\"results\":[{\"source_ref\":\"k-1\",\"status\":\"ACCEPTED\","
                  + "\"ledger_entry_id\":\"e\"}]}";
          case "status" -> "{\"linked\":false}";
          case "intents" ->
              "{\"intent_id\":\"i\",\"expires_at\":\"2026-11-01T10:00:00Z\",\"rrr_link_code\":\"c\"}";
          case "wallet" ->
              "{\"member_id\":\"m\",\"available_points\":1,\"escrow_points\":0,"
                  + "\"as_of\":\"2026-11-01T10:00:00Z\"}";
          case "ledger" -> "[]";
          case "quote" -> "{\"eligible\":false}";
          default -> "";
        });
  }

  @Test
  void an_unrecognized_answer_is_counted_each_time_and_logged_once() throws Exception {
    try (var log = new CapturedLog()) {
      for (var i = 0; i < 3; i++) {
        rrr.then(answer(404, "{\"message\":\"user-1 is unknown\"}"), answer(200, "<html/>"));
        assertThat(client.earn(PURCHASE, call())).isInstanceOf(Outcome.Done.class);
      }
      assertThat(unrecognized("earn", "4xx")).isEqualTo(3);
      assertThat(unrecognized("earn", "2xx")).isEqualTo(3);
      assertThat(unrecognized("link_status", "4xx")).isZero();
      assertThat(log.lines("earn answered 404 (application/json)")).hasSize(1);
      assertThat(log.lines("earn answered 200 (application/json)")).hasSize(1);
      assertThat(log.lines("user-1")).isEmpty();
    }
  }

  private double unrecognized(String operation, String answer) {
    return metrics
        .counter("rrr.client.unrecognized.answers", "operation", operation, "answer", answer)
        .count();
  }

  @Test
  void the_token_endpoint_refuses_in_oauths_form_and_a_stranger_refuses_nothing() throws Exception {
    rrr.tokens(call ->
        switch (rrr.tokenCalls.size()) {
          case 1 -> answer(401, "{\"error\":\"invalid_client\",\"error_description\":\"x\"}");
          case 2 -> answer(400, "{\"error\":\"unauthorized_client\"}");
          case 3 -> answer(403, "{\"message\":\"Forbidden\"}");
          case 4 -> answer(404, "{\"error\":\"Not Found\"}");
          case 5 -> answer(404, "");
          case 6 -> answer(200, "<html>Please log in</html>");
          default -> granted("t", 60);
        });
    assertThat(client.earn(PURCHASE, call())).isInstanceOf(Outcome.Done.class);
    assertThat(metrics.counter("rrr.client.token.refreshes", "outcome", "refused").count())
        .isEqualTo(2);
    assertThat(unrecognized("token", "4xx")).isEqualTo(3);
    assertThat(unrecognized("token", "2xx")).isEqualTo(1);
  }

  @Test
  void the_token_endpoint_is_not_asked_again_before_its_retry_after_and_that_is_no_failure()
      throws Exception {
    client.close();
    client = client(new RrrClientConfig.CircuitRule(4, 2, 50, ofSeconds(20)));
    rrr.tokens(call -> rrr.tokenCalls.size() < 3 ? tooMany("0.7") : granted("t", 60));
    var outcomes = together(20, i -> client.earn(PURCHASE, call()));
    assertThat(outcomes).allMatch(outcome -> outcome instanceof Outcome.Done);
    assertThat(rrr.tokenCalls).hasSize(3);
    for (var i = 1; i < 3; i++)
      assertThat(rrr.tokenCalls.get(i).atNanos() - rrr.tokenCalls.get(i - 1).atNanos())
          .isGreaterThan(ofMillis(690).toNanos());
    assertThat(metrics.counter("rrr.client.outages").count()).isZero();
  }

  @Test
  void a_call_that_waits_for_a_throttled_token_ends_at_its_deadline() throws Exception {
    rrr.tokens(call -> tooMany("20"));
    var deadline = Instant.now().plusMillis(300);
    var call = new CallOptions("k", UUID.randomUUID(), Priority.HIGH, deadline);
    assertThat(client.earn(PURCHASE, call))
        .isEqualTo(new Outcome.Unanswered<Earned>("no token in time", 0, Duration.ZERO));
    assertThat(Instant.now()).isBefore(deadline.plusSeconds(5));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void after_a_fault_the_same_bytes_are_sent_again_under_the_same_key(Effect fault)
      throws Exception {
    client.close();
    // With one connection only, one that is not given back would be missed.
    var one = config(PATIENT, QUICK).withConnections(1);
    client = new RrrClient(one, budget, Clock.systemUTC(), metrics);
    rrr.then(fault);
    var outcome = client.earn(PURCHASE, CallOptions.untilAnswered("k-1", UUID.randomUUID()));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done -> {
              assertThat(done.attempts()).isEqualTo(2);
              assertThat(((Earned) done.value()).ledgerEntryId()).isEqualTo("e-1");
            });
    assertThat(rrr.calls).hasSize(2);
    assertThat(rrr.calls.stream().map(Received::body).collect(toSet())).hasSize(1);
    assertThat(rrr.calls)
        .allSatisfy(call -> assertThat(call.header("Idempotency-Key")).isEqualTo("k-1"));
  }

  @Test
  void a_read_is_repeated_too_when_its_answer_is_not_the_promised_json() throws Exception {
    rrr.then(answer(200, "<html/>"), answer(200, "{\"linked\":\"yes\"}"));
    rrr.otherwise(call ->
        answer(
            200,
            "{\"linked\":true,\"rrr_member_id\":\"m-1\",\"link_type\":\"MEMBER\","
                + "\"linked_at\":\"2026-01-01T00:00:00Z\"}"));
    assertThat(client.linkStatus("u", CallOptions.untilAnswered(UUID.randomUUID())))
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done ->
                assertThat(done.value())
                    .isEqualTo(
                        new LinkStatus(
                            true, "m-1", LinkType.MEMBER, Instant.parse("2026-01-01T00:00:00Z"))));
    assertThat(rrr.calls).hasSize(3);
  }

  @Test
  void of_a_body_of_100_megabytes_no_more_than_the_limit_is_kept_or_drained() throws Exception {
    rrr.then(new Effect.Flood(100L << 20));
    client.earn(PURCHASE, call());
    // What the sockets' buffers hold comes on top of the limit of 1 MiB.
    assertThat(rrr.flooded.get()).isLessThan(20L << 20);
  }

  @Test
  void a_slow_drip_is_cut_off_at_the_time_limit_of_an_attempt() throws Exception {
    client.close();
    client = client(PATIENT, QUICK);
    rrr.then(new Effect.Drip(ofMillis(50)));
    var start = System.nanoTime();
    client.earn(PURCHASE, call());
    // The drip would take 4 s, each byte arriving in time.
    assertThat(since(start)).isBetween(ofMillis(400), ofMillis(2500));
  }

  @Test
  void a_token_that_expires_in_mid_flight_is_replaced_once_for_all_callers() throws Exception {
    client.earn(PURCHASE, call());
    rrr.otherwise(
        call -> call.token().equals("token-1") ? error(401, "UNAUTHENTICATED") : earned());
    var outcomes = together(50, i -> client.earn(PURCHASE, call()));
    assertThat(outcomes).allMatch(outcome -> outcome instanceof Outcome.Done);
    assertThat(rrr.tokenCalls).hasSize(2);
  }

  @Test
  void two_hundred_callers_without_a_token_ask_for_one() throws Exception {
    var go = new CountDownLatch(1);
    rrr.tokens(call -> new Effect.Held(go, granted("the-one", 3600)));
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try (threads) {
      var running =
          IntStream.range(0, 200)
              .mapToObj(i -> threads.submit(() -> client.earn(PURCHASE, call())))
              .toList();
      await().until(() -> rrr.tokenCalls.size() == 1);
      go.countDown();
      for (var one : running) assertThat(one.get()).isInstanceOf(Outcome.Done.class);
    }
    assertThat(rrr.tokenCalls).hasSize(1);
    assertThat(rrr.calls.stream().map(Received::token).collect(toSet())).containsOnly("the-one");
  }

  @Test
  void a_429_without_retry_after_lowers_the_rate_and_is_no_failure() throws Exception {
    rrr.then(error(429, "RATE_LIMITED"));
    client.earn(PURCHASE, call());
    assertThat(budget.rate()).isLessThan(10_000);
    assertThat(metrics.counter("rrr.client.outages").count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.95",
        "EEE, dd MMM yyyy HH:mm:ss 'GMT'",
        "EEEE, dd-MMM-yy HH:mm:ss 'GMT'",
        "EEE MMM ppd HH:mm:ss yyyy"
      })
  void retry_after_is_honoured_in_decimals_and_as_any_http_date(String form) throws Exception {
    var at = Instant.now().plusSeconds(2).atOffset(ZoneOffset.UTC);
    var date = form.startsWith("E");
    rrr.then(tooMany(date ? DateTimeFormatter.ofPattern(form, Locale.US).format(at) : form));
    client.earn(PURCHASE, call());
    assertThat(rrr.calls.get(1).atNanos() - rrr.calls.get(0).atNanos())
        .isGreaterThan(ofMillis(900).toNanos());
  }

  @Test
  void a_refusal_is_returned_at_once_with_its_reason_and_without_the_users_data() throws Exception {
    rrr.then(
        answer(
            422,
            "{\"error\":{\"code\":\"VALIDATION_FAILED\",\"message\":\"user user-1 (a@b.ca)"
                + " bought nothing\",\"details\":{\"field\":\"amount_minor\"}}}"));
    assertThat(client.earn(PURCHASE, call()))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.why()).isEqualTo(Refusal.REFUSED_VALIDATION);
              assertThat(refused.code()).isEqualTo("VALIDATION_FAILED");
              assertThat(refused.detail()).isEqualTo("422 field=amount_minor");
              assertThat(refused.attempts()).isEqualTo(1);
            });
  }

  @Test
  void the_deadline_ends_a_call_whose_outcome_is_unknown() throws Exception {
    rrr.otherwise(call -> SILENCE);
    var start = System.nanoTime();
    var outcome =
        client.earn(
            PURCHASE,
            new CallOptions("k", UUID.randomUUID(), Priority.HIGH, Instant.now().plusMillis(300)));
    assertThat(outcome).isInstanceOf(Outcome.Unanswered.class);
    assertThat(since(start)).isBetween(ofMillis(280), ofMillis(2500));
  }

  @Test
  void time_inside_rrr_is_measured_apart_from_time_in_the_queue() throws Exception {
    rrr.then(error(500, "INTERNAL_ERROR"), new Effect.Late(ofMillis(120), earned()));
    assertThat(client.earn(PURCHASE, call()).waited()).isBetween(ofMillis(120), ofMillis(1500));
  }

  @Test
  void an_interrupted_caller_returns_at_once_wherever_it_waits() throws Exception {
    rrr.otherwise(call -> SILENCE);
    for (var builder : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
      var before = rrr.calls.size();
      var thrown = new AtomicReference<Throwable>();
      var thread =
          builder.start(() -> {
            try {
              client.earn(PURCHASE, call());
            } catch (InterruptedException e) {
              thrown.set(e);
            }
          });
      await().until(() -> rrr.calls.size() > before);
      thread.interrupt();
      assertThat(thread.join(ofSeconds(2))).isTrue();
      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void a_caller_interrupted_while_the_token_is_awaited_returns_and_the_others_get_it()
      throws Exception {
    var go = new CountDownLatch(1);
    rrr.tokens(call -> new Effect.Held(go, granted("t", 3600)));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var leaving = threads.submit(() -> client.earn(PURCHASE, call()));
      await().until(() -> rrr.tokenCalls.size() == 1);
      var staying = threads.submit(() -> client.earn(PURCHASE, call()));
      leaving.cancel(true);
      go.countDown();
      assertThat(staying.get()).isInstanceOf(Outcome.Done.class);
    }
    assertThat(rrr.tokenCalls).hasSize(1);
  }

  @Test
  void a_token_is_refreshed_ahead_while_calls_go_on_with_the_old_one() throws Exception {
    var clock = new MovedClock();
    client.close();
    client = new RrrClient(config(PATIENT, LIMITS), budget, clock, new SimpleMeterRegistry());
    rrr.tokens(call -> granted("t" + rrr.tokenCalls.size(), 100));
    client.earn(PURCHASE, call());
    clock.now = clock.now.plusSeconds(79);
    client.earn(PURCHASE, call());
    assertThat(rrr.tokenCalls).hasSize(1);

    var go = new CountDownLatch(1);
    rrr.tokens(call -> new Effect.Held(go, granted("t2", 100)));
    clock.now = clock.now.plusSeconds(2);
    client.earn(PURCHASE, call());
    assertThat(rrr.calls.getLast().token()).isEqualTo("t1");
    go.countDown();
    await()
        .untilAsserted(() -> {
          client.earn(PURCHASE, call());
          assertThat(rrr.calls.getLast().token()).isEqualTo("t2");
        });
    assertThat(rrr.tokenCalls).hasSize(2);
  }

  @Test
  void a_token_endpoint_that_is_down_or_refuses_the_client_makes_calls_wait_and_refuses_none()
      throws Exception {
    rrr.tokens(call ->
        switch (rrr.tokenCalls.size()) {
          case 1 -> answer(503, "");
          case 2 -> error(401, "UNAUTHENTICATED");
          case 3 -> error(403, "UNAUTHORIZED");
          case 4 -> answer(200, "<html/>");
          case 5 -> RESET;
          default -> granted("t", 60);
        });
    var outcome = client.earn(PURCHASE, call());
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    assertThat(outcome.attempts()).isEqualTo(1);
    assertThat(metrics.counter("rrr.client.token.refreshes", "outcome", "refused").count())
        .isEqualTo(2);
  }

  @Test
  void a_batch_returns_one_result_for_each_item_in_their_order() throws Exception {
    rrr.then(
        answer(
            200,
            """
            {"results":[
             {"source_ref":"k-3","status":"REJECTED","error":{"code":"RATE_LIMITED","message":"x"}},
             {"source_ref":"k-2","status":"REJECTED",
              "error":{"code":"VALIDATION_FAILED","message":"order-1 is odd",
                       "details":{"field":"source.order_id"}}},
             {"source_ref":"k-1","status":"ACCEPTED","ledger_entry_id":"e-9","posted_at":null,
              "pending_until":"2026-11-03T00:00:00Z"}]}\
            """));
    var items =
        List.of(
            new EarnItem(PURCHASE, "k-1"),
            new EarnItem(PURCHASE, "k-2"),
            new EarnItem(PURCHASE, "k-3"));
    var outcome = client.earnBatch(items, CallOptions.untilAnswered(UUID.randomUUID()));
    assertThat(((Outcome.Done<List<EarnItemResult>>) outcome).value())
        .containsExactly(
            new EarnItemResult.Accepted(
                "k-1", new Earned("e-9", null, Instant.parse("2026-11-03T00:00:00Z"))),
            new EarnItemResult.Rejected(
                "k-2", Refusal.REFUSED_VALIDATION, "VALIDATION_FAILED", "field=source.order_id"),
            new EarnItemResult.Undecided("k-3", "RATE_LIMITED"));
  }

  @Test
  void a_batch_that_leaves_an_item_out_is_repeated_as_it_was() throws Exception {
    rrr.then(answer(200, "{\"results\":[]}"));
    rrr.otherwise(call ->
        answer(
            200,
            "{\"results\":[{\"source_ref\":\"k-1\",\"status\":\"ACCEPTED\","
                + "\"ledger_entry_id\":\"e\"}]}"));
    client.earnBatch(
        List.of(new EarnItem(PURCHASE, "k-1")), CallOptions.untilAnswered(UUID.randomUUID()));
    assertThat(rrr.calls).hasSize(2);
    assertThat(rrr.calls.get(0).body()).isEqualTo(rrr.calls.get(1).body());
    assertThat(rrr.calls.get(0).header("Idempotency-Key"))
        .isEqualTo(rrr.calls.get(1).header("Idempotency-Key"))
        .matches("earn_batch_[0-9a-f]{64}");
  }

  @Test
  void every_attempt_is_paid_from_the_budget() throws Exception {
    client.close();
    var small = new Budget(50, 1);
    client = new RrrClient(config(PATIENT, LIMITS), small, Clock.systemUTC(), metrics);
    rrr.then(error(500, "X"), RESET, error(500, "X"), error(500, "X"));
    var start = System.nanoTime();
    client.earn(PURCHASE, call());
    // A token and five attempts, the first permit of the six being free.
    assertThat(since(start)).isGreaterThan(ofMillis(99));
  }

  @Test
  void labels_of_metrics_hold_no_ids() throws Exception {
    rrr.then(error(404, "NOT_FOUND"));
    client.reverse(new ReverseRequest("order-1", ReverseRequest.Reason.CANCELLED), call());
    client.earn(PURCHASE, call());
    assertThat(metrics.timer("rrr.client.calls", "operation", "earn", "outcome", "DONE").count())
        .isEqualTo(1);
    assertThat(
            metrics
                .timer("rrr.client.calls", "operation", "reverse", "outcome", "REFUSED_NOT_FOUND")
                .count())
        .isEqualTo(1);
    assertThat(metrics.getMeters().stream().map(Meter::getId).map(Object::toString))
        .noneMatch(id -> id.contains("order-1") || id.contains("user-1") || id.contains("token-"));
  }

  @Test
  void a_connection_is_used_again() throws Exception {
    for (var i = 0; i < 5; i++) client.earn(PURCHASE, call());
    assertThat(rrr.connections).hasValue(1);
  }

  private static RrrClientConfig.Limits limits(Duration attempt) {
    return new RrrClientConfig.Limits(
        ofSeconds(2),
        attempt,
        ofMillis(5),
        ofMillis(40),
        ofSeconds(5),
        ofSeconds(60),
        ofSeconds(30));
  }

  private Effect tooMany(String retryAfter) {
    return new Effect.Answer(
        429, "{\"error\":{\"code\":\"RATE_LIMITED\"}}", Map.of("Retry-After", retryAfter));
  }

  private RrrClient client(RrrClientConfig.CircuitRule rule) {
    return client(rule, LIMITS);
  }

  private RrrClient client(RrrClientConfig.CircuitRule rule, RrrClientConfig.Limits limits) {
    return new RrrClient(config(rule, limits), budget, Clock.systemUTC(), metrics);
  }

  private RrrClientConfig config(RrrClientConfig.CircuitRule rule, RrrClientConfig.Limits limits) {
    return RrrClientConfig.of(rrr.url(), "xcn", "s3cret").with(rule).with(limits);
  }

  private interface Work {
    Outcome<?> run(int i) throws InterruptedException;
  }

  private static List<Outcome<?>> together(int many, Work work)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<Outcome<?>>>();
      for (var i = 0; i < many; i++) {
        var n = i;
        running.add(threads.submit(() -> work.run(n)));
      }
      var outcomes = new ArrayList<Outcome<?>>();
      for (var one : running) outcomes.add(one.get());
      return outcomes;
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** A clock that the test moves. */
  private static final class MovedClock extends Clock {
    volatile Instant now = Instant.parse("2026-11-01T10:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public java.time.ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }
}
