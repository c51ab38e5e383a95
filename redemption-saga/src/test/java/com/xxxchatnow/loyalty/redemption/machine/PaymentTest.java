package com.xxxchatnow.loyalty.redemption.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of two outcomes counts, by their own times, whichever is read first. */
class PaymentTest {
  private static final Instant T = Instant.parse("2026-11-22T12:00:00Z");

  @ParameterizedTest(name = "{0} counts over {1} that is {2} s later")
  @CsvSource({
    "CANCELLED, SUCCEEDED, 299",
    "FRAUD_BLOCKED, SUCCEEDED, 299",
    "CANCELLED, SUCCEEDED, -1",
    "SUCCEEDED, CANCELLED, -301",
    "SUCCEEDED, FAILED, 299",
    "SUCCEEDED, FAILED, 0",
    "SUCCEEDED, FAILED, -1",
    "FAILED, SUCCEEDED, -301",
    "FRAUD_BLOCKED, CANCELLED, 0",
    "SUCCEEDED, SUCCEEDED, -1",
  })
  void clocks_apart_by_up_to_5_minutes_do_not_change_what_a_cancellation_or_a_failure_means(
      PaymentStatus counts, PaymentStatus other, long later) {
    var winner = new Payment(counts, T);
    var loser = new Payment(other, T.plusSeconds(later));
    assertThat(winner.countsOver(loser)).isTrue();
    assertThat(loser.countsOver(winner)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"-1200", "-600", "-300", "-1", "0", "1", "300", "600"})
  void the_order_of_three_outcomes_does_not_go_round_in_a_circle(long seconds) {
    var all =
        Stream.of(PaymentStatus.FAILED, PaymentStatus.SUCCEEDED, PaymentStatus.CANCELLED)
            .flatMap(status ->
                Stream.of(0L, seconds, 2 * seconds)
                    .map(shift -> new Payment(status, T.plus(Duration.ofSeconds(shift)))))
            .distinct()
            .toList();
    for (var a : all)
      for (var b : all)
        for (var c : all)
          if (a.countsOver(b) && b.countsOver(c)) assertThat(a.countsOver(c)).isTrue();
  }
}
