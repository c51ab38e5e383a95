package com.xxxchatnow.loyalty.rrr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
  void an_outage_of_a_week_is_held_against_nobody() {
    for (var i = 0; i < 100_000; i++) assertThat(failsAfter(6, 0)).isFalse();
    // RRR is back, others drain, this one has bad luck once more.
    assertThat(failsAfter(1, 500)).isFalse();
    assertThat(call.strikes()).isEqualTo(2);
  }

  @Test
  void where_others_fail_as_well_rrr_is_unwell() {
    var others = poison.evidence();
    for (var i = 0; i < 1_000; i++) {
      if (i % 8 == 0) poison.evidence().silent();
      others.succeeded();
      if (i % 20 == 0) assertThat(failsAfter(60, 0)).isFalse();
    }
  }

  @Test
  void two_poisonous_calls_do_not_excuse_each_other() {
    var other = poison.evidence();
    var refused = false;
    for (var i = 0; i < 100 && !refused; i++) {
      refused = failsAfter(10, 2);
      other.failing(now);
    }
    assertThat(refused).isTrue();
  }

  private boolean failsAfter(int seconds, int successesOfOthers) {
    now += TimeUnit.SECONDS.toNanos(seconds);
    for (var i = 0; i < successesOfOthers; i++) poison.evidence().succeeded();
    return call.failing(now);
  }
}
