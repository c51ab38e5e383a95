package com.xxxchatnow.loyalty.cli.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.cli.CliFixture;
import com.xxxchatnow.loyalty.cli.Loyalty;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A replay that is killed at any point, or stopped, and started again. */
class ReplayKilledIT {
  private static final int RECORDS = Depth.of(300, 600);
  private static CliFixture world;

  @BeforeAll
  static void start() {
    world = new CliFixture();
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void killed_again_and_again_it_sends_each_record_at_least_once_and_skips_none() {
    letters("it.killed");
    var seed = System.nanoTime();
    var random = new Random(seed);
    for (var kills = 0; kills < 3; kills++) {
      var before = world.read("it.killed").size();
      try (var process = replay("it.killed", "100")) {
        var atLeast = before + 1 + random.nextInt(RECORDS / 6);
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(20))
            .until(() -> world.read("it.killed").size() >= atLeast);
        process.kill();
      }
    }
    try (var process = replay("it.killed", "5000")) {
      assertThat(process.awaitExit(Duration.ofSeconds(60))).as(process.output()).isZero();
    }

    var sent =
        world.read("it.killed").stream().map(record -> new String(record.key(), UTF_8)).toList();
    assertThat(new HashSet<>(sent)).as("seed %d", seed).hasSize(RECORDS).containsAll(keys());
    assertThat(sent.size()).as("it goes on, it does not begin anew").isLessThan(2 * RECORDS);
  }

  @Test
  void killed_and_followed_by_an_overlapping_selection_it_sends_little_twice() {
    letters("it.overlap");
    try (var process = replay("it.overlap", "200")) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> world.read("it.overlap").size() >= RECORDS * 4 / 5);
      process.kill();
    }
    var sent = world.read("it.overlap").size();
    try (var process = replay("it.overlap", "5000", "--source", "tester")) {
      assertThat(process.awaitExit(Duration.ofSeconds(60))).as(process.output()).isZero();
    }

    var all = world.read("it.overlap");
    assertThat(all.stream().map(record -> new String(record.key(), UTF_8)).distinct())
        .hasSize(RECORDS);
    assertThat(all.size() - sent).as("sent by the second").isLessThan(RECORDS);
  }

  @Test
  void stopped_by_sigterm_it_commits_its_position_and_goes_on_without_a_double() {
    letters("it.stopped");
    try (var process = replay("it.stopped", "100")) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> world.read("it.stopped").size() >= 50);
      process.stop(Duration.ofSeconds(20));
      assertThat(process.output()).contains("Stopped: the same command goes on from here.");
      assertThat(process.exitCode()).isEqualTo(ExitCode.STOPPED);
    }
    assertThat(world.read("it.stopped")).hasSizeLessThan(RECORDS);
    try (var process = replay("it.stopped", "5000")) {
      assertThat(process.awaitExit(Duration.ofSeconds(60))).as(process.output()).isZero();
    }

    assertThat(world.read("it.stopped"))
        .extracting(record -> new String(record.key(), UTF_8))
        .containsExactlyElementsOf(keys());
  }

  private static JavaProcess replay(String topic, String rate, String... more) {
    var args = new ArrayList<>(List.of("dlt", "replay", topic + ".dlt", "--execute"));
    args.addAll(List.of("--canary", "0", "--rate", rate));
    args.addAll(List.of(more));
    return JavaProcess.of(Loyalty.class)
        .env(world.environment())
        .args(args.toArray(String[]::new))
        .start();
  }

  private static void letters(String topic) {
    world.topic(topic);
    for (var key : keys())
      world.deadLetter(topic, key, "v".getBytes(UTF_8), Instant.now(), Reason.DISABLED, 0);
  }

  private static List<String> keys() {
    return IntStream.range(0, RECORDS).mapToObj(i -> "k" + i).toList();
  }
}
