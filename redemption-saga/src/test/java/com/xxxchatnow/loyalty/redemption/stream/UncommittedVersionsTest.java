package com.xxxchatnow.loyalty.redemption.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.processor.TaskId;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class UncommittedVersionsTest {
  private static final TaskId TASK = new TaskId(0, 3);
  private final UncommittedVersions uncommitted = new UncommittedVersions();

  @Test
  void a_version_may_be_shown_once_it_is_committed() throws InterruptedException {
    uncommitted.written(TASK, "o-1", 1);
    assertThat(uncommitted.isCommitted("o-1", 1)).isFalse();
    assertThat(uncommitted.await("o-1", Duration.ZERO)).isFalse();
    uncommitted.committed("o-1", 1);
    assertThat(uncommitted.isCommitted("o-1", 1)).isTrue();
    assertThat(uncommitted.await("o-1", Duration.ZERO)).isTrue();
  }

  @Test
  void the_commit_of_an_earlier_version_does_not_show_a_later_one() {
    uncommitted.written(TASK, "o-1", 1);
    uncommitted.written(TASK, "o-1", 2);
    uncommitted.committed("o-1", 1);
    assertThat(uncommitted.isCommitted("o-1", 2)).isFalse();
  }

  @Test
  void a_later_version_does_not_make_an_earlier_one_count_as_committed() {
    uncommitted.written(TASK, "o-1", 1);
    uncommitted.written(TASK, "o-1", 2);
    assertThat(uncommitted.isCommitted("o-1", 1)).isFalse();
    uncommitted.committed("o-1", 1);
    assertThat(uncommitted.isCommitted("o-1", 1)).isTrue();
  }

  @Test
  void when_a_task_ends_whoever_waits_for_it_looks_again_and_sees_nothing_uncommitted()
      throws Exception {
    uncommitted.written(TASK, "o-1", 1);
    uncommitted.written(new TaskId(0, 4), "o-2", 1);
    var waiting = CompletableFuture.supplyAsync(() -> await("o-1"));
    Awaitility.await().until(() -> wakes(waiting));
    assertThat(uncommitted.isCommitted("o-1", 1)).isFalse();
    assertThat(uncommitted.await("o-2", Duration.ZERO)).isFalse();
  }

  @Test
  void a_task_that_begins_has_only_what_is_committed() throws InterruptedException {
    uncommitted.written(TASK, "o-1", 1);
    uncommitted.written(new TaskId(0, 4), "o-2", 1);
    uncommitted.ended(TASK);
    uncommitted.began(TASK);
    assertThat(uncommitted.isCommitted("o-1", 1)).isTrue();
    assertThat(uncommitted.await("o-1", Duration.ZERO)).isTrue();
    assertThat(uncommitted.isCommitted("o-2", 1)).isFalse();
  }

  /** The task ends until the one who waits has begun to, and is woken. */
  private boolean wakes(CompletableFuture<Boolean> waiting) {
    uncommitted.ended(TASK);
    return waiting.isDone() && waiting.join();
  }

  private boolean await(String orderId) {
    try {
      return uncommitted.await(orderId, Duration.ofMinutes(1));
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
