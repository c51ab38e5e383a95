package com.xxxchatnow.loyalty.rrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arithmetic of the budget, on a clock of its own. */
class TokenBucketTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  // A source of monotonic time may start anywhere, and overflow.
  private static final long START = Long.MAX_VALUE - 3 * SECOND;

  @ParameterizedTest
  @CsvSource({"100, 20", "100, 1", "7, 3", "0.5, 1", "1000, 200"})
  void over_any_window_it_gives_at_most_rate_times_time_plus_burst(double rps, int burst) {
    var random = new Random(42);
    var bucket = new TokenBucket(rps, burst, START);
    // Idle spells let the bucket fill, late wakers ask after their time.
    var given = run(bucket, 60, random, now -> {}, SECOND / 3, SECOND * 5);
    assertHolds(given, rps, burst);
  }

  @Test
  void changes_of_share_and_throttling_never_give_more_than_the_full_budget() {
    var random = new Random(7);
    var bucket = new TokenBucket(100, 20, START);
    var given =
        run(
            bucket,
            120,
            random,
            now -> {
              if (random.nextInt(20) == 0) bucket.share(random.nextInt(5) / 4.0, now);
              if (random.nextInt(200) == 0) bucket.throttled(random.nextLong(SECOND), now);
            },
            SECOND / 200,
            0);
    assertHolds(given, 100, 20);
  }

  @Test
  void three_instances_with_a_third_each_stay_within_the_whole() {
    var all = new ArrayList<Long>();
    for (var instance = 0; instance < 3; instance++) {
      var bucket = new TokenBucket(100, 20, START);
      bucket.share(1 / 3.0, START);
      all.addAll(run(bucket, 30, new Random(instance), now -> {}, SECOND / 300, 0));
    }
    all.sort((a, b) -> Long.compare(a - START, b - START));
    assertHolds(all, 100, 20);
    assertThat(all.size()).isGreaterThan(30 * 97);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 20, 200})
  void while_demand_waits_it_gives_97_percent_even_to_late_wakers(int burst) {
    // Each waiter wakes up to 5 ms late, as on a busy machine.
    var given =
        run(new TokenBucket(100, burst, START), 60, new Random(1), now -> {}, SECOND / 200, 0);
    assertThat(given.size()).isGreaterThan(60 * 97);
  }

  @Test
  void a_429_halves_once_a_wave_and_recovers_step_by_step() {
    var bucket = new TokenBucket(100, 20, 0);
    bucket.throttled(0, 0);
    bucket.throttled(0, SECOND / 10);
    bucket.throttled(0, SECOND / 5);
    assertThat(bucket.rate()).isEqualTo(50);
    assertThat(bucket.take(SECOND / 5)).isFalse();
    assertThat(rateAt(bucket, SECOND * 13 / 10)).isEqualTo(60);
    assertThat(rateAt(bucket, SECOND * 23 / 10)).isEqualTo(70);
    assertThat(rateAt(bucket, SECOND * 60)).isEqualTo(100);
  }

  @Test
  void a_429_in_the_next_step_halves_again_down_to_a_floor() {
    var bucket = new TokenBucket(100, 20, 0);
    for (var i = 0; i < 50; i++) bucket.throttled(0, i * SECOND);
    assertThat(bucket.rate()).isBetween(5.0, 20.0);
  }

  @Test
  void retry_after_stops_everything_for_its_time() {
    var bucket = new TokenBucket(100, 20, 0);
    bucket.throttled(3 * SECOND, 0);
    assertThat(bucket.take(3 * SECOND - 1)).isFalse();
    assertThat(bucket.untilNext(SECOND)).isGreaterThanOrEqualTo(2 * SECOND);
    assertThat(bucket.take(3 * SECOND)).isFalse();
    assertThat(bucket.take(3 * SECOND + SECOND / 50)).isTrue();
  }

  @Test
  void without_a_share_nothing_is_given() {
    var bucket = new TokenBucket(100, 20, 0);
    bucket.share(0, 0);
    assertThat(bucket.take(100 * SECOND)).isFalse();
    bucket.share(0.5, 100 * SECOND);
    assertThat(bucket.take(101 * SECOND)).isTrue();
  }

  @Test
  void invalid_rates_and_shares_are_refused() {
    assertThatThrownBy(() -> new TokenBucket(0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenBucket(1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    var bucket = new TokenBucket(1, 1, 0);
    assertThatThrownBy(() -> bucket.share(1.1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bucket.share(Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double rateAt(TokenBucket bucket, long now) {
    bucket.untilNext(now);
    return bucket.rate();
  }

  /** One waiter after the other, each waking a little late, with an idle spell now and then. */
  private static List<Long> run(
      TokenBucket bucket, int seconds, Random random, LongConsumer change, long late, long idle) {
    var given = new ArrayList<Long>();
    for (var now = START; now - START < seconds * SECOND; ) {
      change.accept(now);
      if (bucket.take(now)) given.add(now);
      else now += Math.min(bucket.untilNext(now), SECOND / 10) + random.nextLong(late);
      if (idle > 0 && random.nextInt(50) == 0) now += random.nextLong(idle);
    }
    return given;
  }

  private static void assertHolds(List<Long> given, double rps, int burst) {
    for (var from = 0; from < given.size(); from++)
      for (var to = from; to < Math.min(given.size(), from + 3_000); to++) {
        var span = (given.get(to) - given.get(from)) / (double) SECOND;
        var permits = to - from + 1;
        if (permits > rps * span + burst + 1e-6)
          throw new AssertionError(permits + " permits within " + span + " s");
      }
  }
}
