package com.xxxchatnow.loyalty.rrr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PoisonCallDetectorTest {
  private final PoisonCallDetector poison =
      new PoisonCallDetector(new RrrClientConfig.PoisonRule(8, 20, Duration.ofSeconds(60)));
  private final PoisonCallDetector.Evidence call = poison.evidence();
  private long now;

  @Test
  void eight_failures_beside_twenty_successes_over_a_minute_are_enough() {
    for (var i = 0; i < 7; i++) assertThat(failsAfter(9, 3)).isFalse();
    assertThat(failsAfter(9, 3)).isTrue();
  }

  @Test
  void seven_failures_are_not_enough_however_many_succeed() {
    for (var i = 0; i < 7; i++) assertThat(failsAfter(60, 1_000)).isFalse();
  }

  @Test
  void nineteen_successes_are_not_enough() {
    failsAfter(0, 0);
    for (var i = 0; i < 19; i++) assertThat(failsAfter(60, 1)).isFalse();
    assertThat(failsAfter(60, 1)).isTrue();
  }

  @Test
  void less_than_the_minimal_time_is_not_enough() {
    for (var i = 0; i < 20; i++) assertThat(failsAfter(3, 10)).isFalse();
    assertThat(failsAfter(0, 10)).isFalse();
    assertThat(failsAfter(3, 10)).isTrue();
  }

  @Test
  void an_outage_of_a_week_counts_against_no_call() {
    for (var i = 0; i < 100_000; i++) assertThat(failsAfter(6, 0)).isFalse();
    // RRR is back, others drain, this one has bad luck once more.
    assertThat(failsAfter(1, 500)).isFalse();
    assertThat(call.strikes()).isEqualTo(2);
  }

  @Test
  void where_others_fail_at_random_rrr_is_unwell() {
    for (var i = 0; i < 1_000; i++) {
      if (i % 8 == 0) poison.evidence().silent();
      poison.evidence().succeeded();
      if (i % 20 == 0) assertThat(failsAfter(60, 0)).isFalse();
    }
  }

  @Test
  void each_other_call_that_keeps_failing_makes_four_times_as_many_successes_necessary() {
    keepsFailing();
    for (var i = 0; i < 79; i++) assertThat(failsAfter(60, 1)).isFalse();
    keepsFailing();
    for (var i = 0; i < 320 - 79; i++) assertThat(failsAfter(60, 1)).isFalse();
    assertThat(failsAfter(60, 1)).isTrue();
  }

  @Test
  void in_an_outage_for_one_user_in_a_hundred_nobody_is_refused() {
    var rule = RrrClientConfig.PoisonRule.DEFAULT;
    var detector = new PoisonCallDetector(rule);
    var affected = new ArrayList<PoisonCallDetector.Evidence>();
    // Three hours at 30 a second: every hundredth call meets the broken shard and never succeeds.
    for (var second = 0; second < 10_800; second += 10) {
      for (var i = 0; i < 297; i++) detector.evidence().succeeded();
      for (var i = 0; i < 3 && affected.size() < 200; i++) affected.add(detector.evidence());
      for (var each : affected)
        assertThat(each.failing(TimeUnit.SECONDS.toNanos(second))).isFalse();
    }
  }

  @Test
  void when_the_outage_for_some_ends_its_last_call_is_not_taken_for_poison() {
    var affected = new ArrayList<PoisonCallDetector.Evidence>();
    for (var i = 0; i < 10; i++) affected.add(keepsFailing());
    for (var i = 0; i < 100; i++) assertThat(failsAfter(60, 50)).isFalse();
    affected.forEach(PoisonCallDetector.Evidence::close);
    assertThat(failsAfter(60, 50)).isFalse();
    // Alone for as many answers as it looks back at.
    for (var i = 0; i < 6; i++) assertThat(failsAfter(60, 50)).isFalse();
    assertThat(failsAfter(60, 50)).isTrue();
  }

  @Test
  void a_second_poisonous_call_is_found_and_soon_after_the_first_it_takes_more() {
    for (var i = 0; i < 7; i++) failsAfter(9, 3);
    assertThat(failsAfter(9, 3)).isTrue();
    call.close();
    var second = poison.evidence();
    for (var i = 0; i < 40; i++) assertThat(failsAfter(second, 9, 2)).isFalse();
    assertThat(failsAfter(second, 9, 2)).isTrue();
  }

  /** Another call that has failed too often for an accident. */
  private PoisonCallDetector.Evidence keepsFailing() {
    var other = poison.evidence();
    for (var i = 0; i < 3; i++) other.silent();
    return other;
  }

  private boolean failsAfter(int seconds, int successesOfOthers) {
    return failsAfter(call, seconds, successesOfOthers);
  }

  private boolean failsAfter(PoisonCallDetector.Evidence one, int seconds, int successesOfOthers) {
    now += TimeUnit.SECONDS.toNanos(seconds);
    for (var i = 0; i < successesOfOthers; i++) poison.evidence().succeeded();
    return one.failing(now);
  }
}
