package com.xxxchatnow.loyalty.rrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.rrr.api.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets the permits; how many there are is in {@link TokenBucketTest}. */
@Timeout(20)
class BudgetTest {
  private final List<String> got = Collections.synchronizedList(new ArrayList<>());
  private final List<Thread> threads = new ArrayList<>();

  @AfterEach
  void stop() {
    threads.forEach(Thread::interrupt);
  }

  @Test
  void first_come_first_served_and_high_before_normal() {
    var time = new AtomicLong();
    var budget = new Budget(1, 1, time::get);
    budget.share(0);
    wait(budget, "n1", Priority.NORMAL);
    wait(budget, "n2", Priority.NORMAL);
    wait(budget, "h1", Priority.HIGH);
    wait(budget, "n3", Priority.NORMAL);
    wait(budget, "h2", Priority.HIGH);
    // One permit a second of this clock: each is taken before the next one comes.
    for (var permits = 1; permits <= 5; permits++) {
      budget.share(1);
      var expected = permits;
      await().until(() -> got.size() == expected);
      time.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }
    assertThat(got).containsExactly("h1", "h2", "n1", "n2", "n3");
  }

  @Test
  void an_interrupted_waiter_blocks_nobody_behind_it() {
    var budget = empty();
    var first = wait(budget, "n1", Priority.NORMAL);
    wait(budget, "n2", Priority.NORMAL);
    var middle = wait(budget, "n3", Priority.NORMAL);
    wait(budget, "n4", Priority.NORMAL);
    first.interrupt();
    middle.interrupt();
    await().until(() -> budget.waiting() == 2);
    budget.share(1);
    await().until(() -> got.size() == 2);
    assertThat(got).containsExactlyInAnyOrder("n2", "n4");
  }

  @Test
  void a_waiter_whose_deadline_passes_blocks_nobody_behind_it() throws InterruptedException {
    var budget = empty();
    assertThat(budget.acquire(Priority.HIGH, TimeUnit.MILLISECONDS.toNanos(20))).isFalse();
    wait(budget, "n1", Priority.NORMAL);
    budget.share(1);
    await().until(() -> got.contains("n1"));
  }

  @Test
  void a_higher_rate_takes_effect_on_those_who_wait() throws InterruptedException {
    var budget = new Budget(100, 1);
    budget.acquire(Priority.NORMAL);
    // A permit in 28 hours, at this share.
    budget.share(1e-7);
    wait(budget, "n1", Priority.NORMAL);
    budget.share(1);
    await().atMost(Duration.ofSeconds(5)).until(() -> got.contains("n1"));
  }

  @Test
  void two_hundred_callers_share_the_rate_and_keep_it_busy() throws Exception {
    var budget = new Budget(500, 25);
    var start = System.nanoTime();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var running =
          IntStream.range(0, 200)
              .mapToObj(i ->
                  callers.submit(() -> {
                    for (var n = 0; n < 5; n++) budget.acquire(Priority.NORMAL);
                    return null;
                  }))
              .toList();
      for (var one : running) one.get();
    }
    var seconds = (System.nanoTime() - start) / 1e9;
    assertThat(1000).isLessThanOrEqualTo((int) (500 * seconds + 25 + 1));
    // 1.95 s on an idle machine, and this one may be busy.
    assertThat(seconds).isLessThan(20);
  }

  /** Nobody gets anything before share(1). */
  private static Budget empty() {
    var budget = new Budget(1_000, 10);
    budget.share(0);
    return budget;
  }

  /** Starts a waiter and returns when it waits. */
  private Thread wait(Budget budget, String name, Priority priority) {
    var before = budget.waiting();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                budget.acquire(priority);
                got.add(name);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    threads.add(thread);
    await().pollInterval(Duration.ofMillis(1)).until(() -> budget.waiting() == before + 1);
    return thread;
  }
}
