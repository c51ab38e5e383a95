package com.xxxchatnow.loyalty.earn;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnItemResult;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class BatchEarnClientTest {
  private static final int BUSY = 8;
  private final List<String> singles = new CopyOnWriteArrayList<>();
  private final List<List<String>> batches = new CopyOnWriteArrayList<>();
  private final Semaphore rrrAnswers = new Semaphore(0);
  private final BatchEarnClient earner =
      new BatchEarnClient(5, this::batch, Clock.systemUTC(), Duration.ofMillis(200));

  @Test
  void who_finds_nobody_waiting_is_sent_alone_and_at_once() throws Exception {
    rrrAnswers.release(1);
    assertThat(earner.earn(request(), call("a"))).isInstanceOf(Outcome.Done.class);
    assertThat(singles).containsExactly("a");
    assertThat(batches).isEmpty();
  }

  @Test
  void what_waits_while_all_calls_are_busy_goes_together() throws Exception {
    var outcomes = waiting(BUSY + 7);
    rrrAnswers.release(100);
    for (var outcome : outcomes)
      assertThat(outcome.get(5, SECONDS)).isInstanceOf(Outcome.Done.class);
    assertThat(singles).hasSize(BUSY);
    assertThat(batches).extracting(List::size).containsExactlyInAnyOrder(5, 2);
  }

  @Test
  void a_bad_item_is_refused_alone_and_an_undecided_one_is_asked_about_anew_alone()
      throws Exception {
    waiting(BUSY);
    var bad = earned("bad");
    var undecided = earned("undecided");
    var good = earned("good");
    await().until(() -> earner.waiting() == 3);
    rrrAnswers.release(100);
    assertThat(bad.get(5, SECONDS))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.why()).isEqualTo(Refusal.REFUSED_VALIDATION));
    assertThat(good.get(5, SECONDS)).isInstanceOf(Outcome.Done.class);
    assertThat(undecided.get(5, SECONDS).attempts()).isEqualTo(3);
    assertThat(singles).contains("undecided");
  }

  @Test
  void the_items_of_a_refused_batch_are_judged_one_by_one() throws Exception {
    waiting(BUSY);
    var outcomes = List.of(earned("breaks-the-batch"), earned("b"), earned("c"));
    await().until(() -> earner.waiting() == 3);
    rrrAnswers.release(100);
    for (var outcome : outcomes)
      assertThat(outcome.get(5, SECONDS)).isInstanceOf(Outcome.Done.class);
    assertThat(singles).contains("breaks-the-batch", "b", "c");
  }

  @Test
  void an_item_that_rrr_stalls_on_holds_up_no_other() throws Exception {
    waiting(BUSY);
    var _ = earned("silent");
    var others = List.of(earned("b"), earned("c"));
    await().until(() -> earner.waiting() == 3);
    rrrAnswers.release(100);
    for (var outcome : others) assertThat(outcome.get(5, SECONDS)).isInstanceOf(Outcome.Done.class);
    await().untilAsserted(() -> assertThat(singles).contains("silent", "b", "c"));
    earner.close();
  }

  @Test
  void whatever_a_batch_throws_reaches_its_items_and_frees_the_place() {
    for (var i = 0; i < 2 * BUSY; i++)
      assertThat(earned("throws"))
          .failsWithin(Duration.ofSeconds(5))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(StackOverflowError.class);
    rrrAnswers.release(1);
    assertThat(earned("next")).succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void a_batch_never_has_two_items_of_one_key() throws Exception {
    waiting(BUSY);
    var outcomes = List.of(earned("same"), earned("same"), earned("other"));
    await().until(() -> earner.waiting() == 3);
    rrrAnswers.release(100);
    for (var outcome : outcomes) outcome.get(5, SECONDS);
    assertThat(batches).allSatisfy(keys -> assertThat(keys).doesNotHaveDuplicates());
  }

  @Test
  void who_is_interrupted_while_waiting_is_not_sent() throws Exception {
    waiting(BUSY);
    var over = new CountDownLatch(1);
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                earner.earn(request(), call("gone"));
              } catch (InterruptedException expected) {
                over.countDown();
              }
            });
    await().until(() -> earner.waiting() == 1);
    thread.interrupt();
    assertThat(over.await(5, SECONDS)).isTrue();
    assertThat(earner.waiting()).isZero();
  }

  private List<CompletableFuture<Outcome<Earned>>> waiting(int number) {
    var outcomes = new ArrayList<CompletableFuture<Outcome<Earned>>>();
    for (var i = 0; i < number; i++) {
      outcomes.add(earned("k" + i));
      if (i < BUSY) {
        var sent = i + 1;
        await().until(() -> singles.size() == sent);
      }
    }
    await().until(() -> earner.waiting() == Math.max(0, number - BUSY));
    return outcomes;
  }

  private CompletableFuture<Outcome<Earned>> earned(String key) {
    var outcome = new CompletableFuture<Outcome<Earned>>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            outcome.complete(earner.earn(request(), call(key)));
          } catch (InterruptedException | RuntimeException | Error fault) {
            outcome.completeExceptionally(fault);
          }
        });
    return outcome;
  }

  private Outcome<List<EarnItemResult>> batch(List<EarnItem> items, int round, CallOptions call)
      throws InterruptedException {
    var keys = items.stream().map(EarnItem::idempotencyKey).toList();
    if (keys.size() == 1) singles.add(keys.getFirst());
    else batches.add(keys);
    if (keys.contains("throws")) throw new StackOverflowError();
    if (keys.contains("silent") && keys.size() == 1) new CountDownLatch(1).await();
    if (keys.contains("silent"))
      return call.deadline() == null
          ? silence()
          : new Outcome.Unanswered<>("silence", 1, Duration.ZERO);
    rrrAnswers.acquire();
    if (keys.contains("breaks-the-batch") && keys.size() > 1)
      return new Outcome.Refused<>(Refusal.REFUSED_OTHER, "TOO_LARGE", "", 1, Duration.ZERO);
    var results = keys.stream().map(key -> result(key, keys.size() == 1 ? round : 0)).toList();
    return new Outcome.Done<>(results, 1, Duration.ZERO);
  }

  private static Outcome<List<EarnItemResult>> silence() throws InterruptedException {
    new CountDownLatch(1).await();
    throw new AssertionError();
  }

  private static EarnItemResult result(String key, int roundAlone) {
    return switch (key) {
      case "bad" ->
          new EarnItemResult.Rejected(key, Refusal.REFUSED_VALIDATION, "VALIDATION_FAILED", "");
      case "undecided" ->
          roundAlone < 2
              ? new EarnItemResult.Undecided(key, "INTERNAL_ERROR")
              : new EarnItemResult.Accepted(key, earned());
      default -> new EarnItemResult.Accepted(key, earned());
    };
  }

  private static Earned earned() {
    return new Earned("entry", Instant.EPOCH, null);
  }

  private static CallOptions call(String key) {
    return CallOptions.untilAnswered(key, new UUID(0, 0));
  }

  private static EarnRequest request() {
    return new EarnRequest(
        "u",
        "m",
        EarnRequest.Source.TOKEN_PURCHASE,
        "o",
        "1",
        "USD",
        100,
        1,
        EarnRequest.PostingMode.POSTED,
        null,
        Map.of());
  }
}
