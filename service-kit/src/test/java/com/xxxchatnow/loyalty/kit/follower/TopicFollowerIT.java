package com.xxxchatnow.loyalty.kit.follower;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.worker.WorkerRig;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicFollowerIT {
  private static LocalKafka kafka;

  @BeforeAll
  static void start() {
    kafka = LocalKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void a_record_that_can_not_be_taken_now_comes_again_and_those_before_it_do_not() {
    var seen = new CopyOnWriteArrayList<String>();
    var away = new AtomicInteger(2);
    try (var rig = new WorkerRig(kafka, Map.of()).topics(1)) {
      rig.publish(5, 5);
      try (var follower =
          follow(
              rig,
              From.BEGINNING,
              record -> {
                seen.add(WorkerRig.value(record));
                if (WorkerRig.value(record).equals("3") && away.getAndDecrement() > 0)
                  throw new KafkaException("not now");
              })) {
        follower.awaitCaughtUp();
        assertThat(seen).containsExactly("0", "1", "2", "3", "3", "3", "4");
        rig.publish("k", "later");
        await()
            .atMost(ofSeconds(30))
            .pollInterval(ofMillis(20))
            .until(() -> seen.getLast().equals("later"));
      }
    }
  }

  @Test
  void what_only_an_operator_can_mend_ends_the_start_at_once() {
    var wrong = new KafkaSettings(kafka.bootstrapServers(), "-", Map.of("isolation.level", "none"));
    try (var follower = new TopicFollower("any", From.BEGINNING, "follower", wrong, record -> {})) {
      assertThatThrownBy(follower::awaitCaughtUp).hasMessageContaining("isolation.level");
    }
  }

  @Test
  void a_long_topic_is_waited_for_as_long_as_something_comes() {
    var silence = ofMillis(1_500);
    try (var rig = new WorkerRig(kafka, Map.of()).topics(1)) {
      rig.publish(40, 40);
      try (var follower =
          follow(rig, From.BEGINNING, record -> LockSupport.parkNanos(silence.toNanos() / 10))) {
        var began = System.nanoTime();
        follower.awaitCaughtUp(silence);
        assertThat(ofNanos(System.nanoTime() - began)).isGreaterThan(silence.multipliedBy(2));
      }
    }
  }

  @Test
  void a_topic_of_which_nothing_comes_is_not_waited_for() {
    try (var rig = new WorkerRig(kafka, Map.of());
        var follower = follow(rig, From.BEGINNING, record -> {})) {
      assertThatThrownBy(() -> follower.awaitCaughtUp(ofMillis(1_500)))
          .hasMessageContaining("does not exist");
    }
  }

  @Test
  void a_topic_that_does_not_exist_yet_is_said_and_followed_from_its_creation_on() {
    var seen = new CopyOnWriteArrayList<String>();
    try (var rig = new WorkerRig(kafka, Map.of());
        var follower = follow(rig, From.BEGINNING, record -> seen.add(WorkerRig.value(record)))) {
      await()
          .atMost(ofSeconds(30))
          .pollInterval(ofMillis(20))
          .until(() -> follower.problem().contains("does not exist"));
      rig.topics(2).publish(10, 10);
      follower.awaitCaughtUp();
      await().atMost(ofSeconds(30)).pollInterval(ofMillis(20)).until(() -> seen.size() == 10);
      assertThat(seen).doesNotHaveDuplicates();
    }
  }

  @Test
  void from_now_on_nothing_is_missed_and_nothing_former_is_told() {
    var seen = new CopyOnWriteArrayList<String>();
    try (var rig = new WorkerRig(kafka, Map.of()).topics(2)) {
      rig.publish("k", "former");
      try (var follower = follow(rig, From.NOW, record -> seen.add(WorkerRig.value(record)))) {
        follower.awaitCaughtUp();
        rig.publish("k", "new");
        await().atMost(ofSeconds(30)).pollInterval(ofMillis(20)).until(() -> !seen.isEmpty());
        assertThat(seen).containsExactly("new");
      }
    }
  }

  private static TopicFollower follow(
      WorkerRig rig, From from, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
    return new TopicFollower(rig.in, from, "follower", rig.settings, listener);
  }
}
