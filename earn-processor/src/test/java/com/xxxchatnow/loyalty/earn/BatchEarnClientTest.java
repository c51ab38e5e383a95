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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class BatchEarnClientTest {
  private static final int BUSY = 8;
  private final List<String> singles = new CopyOnWriteArrayList<>();
  private final List<List<String>> batches = new CopyOnWriteArrayList<>();
  private final Semaphore rrrAnswers = new Semaphore(0);
  private final BatchEarnClient earner = new BatchEarnClient(5, this::single, this::batch);

  @Test
  void who_finds_nobody_waiting_is_sent_singly_and_at_once() throws Exception {
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
  void a_bad_item_is_refused_alone_and_an_undecided_one_is_sent_again_singly() throws Exception {
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
    assertThat(undecided.get(5, SECONDS).attempts()).isEqualTo(2);
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
          } catch (InterruptedException | RuntimeException fault) {
            outcome.completeExceptionally(fault);
          }
        });
    return outcome;
  }

  private Outcome<Earned> single(EarnRequest request, CallOptions call)
      throws InterruptedException {
    singles.add(call.idempotencyKey());
    rrrAnswers.acquire();
    return new Outcome.Done<>(earned(), 1, Duration.ZERO);
  }

  private Outcome<List<EarnItemResult>> batch(List<EarnItem> items, CallOptions call)
      throws InterruptedException {
    var keys = items.stream().map(EarnItem::idempotencyKey).toList();
    batches.add(keys);
    rrrAnswers.acquire();
    if (keys.contains("breaks-the-batch"))
      return new Outcome.Refused<>(Refusal.REFUSED_OTHER, "TOO_LARGE", "", 1, Duration.ZERO);
    var results = keys.stream().map(BatchEarnClientTest::result).toList();
    return new Outcome.Done<>(results, 1, Duration.ZERO);
  }

  private static EarnItemResult result(String key) {
    return switch (key) {
      case "bad" ->
          new EarnItemResult.Rejected(key, Refusal.REFUSED_VALIDATION, "VALIDATION_FAILED", "");
      case "undecided" -> new EarnItemResult.Undecided(key, "INTERNAL_ERROR");
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
