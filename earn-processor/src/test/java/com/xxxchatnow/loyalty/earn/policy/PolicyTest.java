package com.xxxchatnow.loyalty.earn.policy;

import static com.xxxchatnow.loyalty.events.PurchaseKind.MEMBERSHIP_PURCHASE;
import static com.xxxchatnow.loyalty.events.PurchaseKind.TOKEN_PURCHASE;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.io.StringReader;
import java.time.Instant;
import java.util.Currency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private final Policy contract = PolicyFile.builtIn();

  @ParameterizedTest
  @CsvSource({
    "TOKEN_PURCHASE,      USD,      99,     , 0",
    "TOKEN_PURCHASE,      USD,     100,     , 1",
    "TOKEN_PURCHASE,      USD,    1299,     , 12",
    "TOKEN_PURCHASE,      USD,    1299,  VIP, 19", // floor(12.99 × 1.5), not floor(12) × 1.5
    "TOKEN_PURCHASE,      USD,    1299, GOLD, 12",
    "TOKEN_PURCHASE,      JPY,    1299,     , 1299",
    "TOKEN_PURCHASE,      KWD,    1299,     , 1",
    "TOKEN_PURCHASE,      CLF,   12999,     , 1",
    "MEMBERSHIP_PURCHASE, USD,    1299,     , 24",
    "MEMBERSHIP_PURCHASE, USD,    1299,  VIP, 36",
    "MEMBERSHIP_PURCHASE, KWD,    1999,  VIP, 3",
    "TOKEN_PURCHASE, USD, 9223372036854775807, , 92233720368547758",
    "MEMBERSHIP_PURCHASE, USD, 9223372036854775807, VIP, 276701161105643274",
  })
  void points_of_the_contract(
      PurchaseKind kind, String currency, long amount, String tier, long points) {
    assertThat(contract.points(kind, Currency.getInstance(currency), amount, tier, NOW))
        .isEqualTo(new Policy.Points.Of(points));
  }

  @Test
  void points_beyond_64_bits_are_undefined_and_never_wrong() {
    assertThat(
            contract.points(
                MEMBERSHIP_PURCHASE, Currency.getInstance("JPY"), Long.MAX_VALUE, "VIP", NOW))
        .isInstanceOf(Policy.Points.Undefined.class);
  }

  @Test
  void before_the_first_version_there_are_no_points() {
    assertThat(tokens(contract, 100, Instant.parse("1999-12-31T00:00:00Z")))
        .isInstanceOf(Policy.Points.Undefined.class);
  }

  private static final String CHANGING =
      """
      versions:
        - from: 2026-01-01T00:00
          rates:
            TOKEN_PURCHASE: {points_per_unit: 1, of: exact_amount}
        - from: 2026-07-01T00:00
          rates:
            TOKEN_PURCHASE: {points_per_unit: 0.5, of: exact_amount}
          cap: 1000
      campaigns:
        - {name: spring, from: 2026-03-08T01:00, until: 2026-03-08T03:00, multiplier: 2}
        - {name: autumn, from: 2026-11-01T00:00, until: 2026-11-02T00:00, multiplier: 3}
        - {name: also, from: 2026-11-01T00:00, until: 2026-11-02T00:00, multiplier: 2}
        - {name: members, from: 2026-05-01T00:00, until: 2026-06-01T00:00, multiplier: 9, kinds: [MEMBERSHIP_PURCHASE]}
      """;

  @ParameterizedTest
  @CsvSource({
    // Versions begin at midnight in Toronto.
    "2026-07-01T03:59:59.999Z, 100",
    "2026-07-01T04:00:00Z, 50",
    // The clocks go from 02:00 to 03:00: this campaign lasts one hour.
    "2026-03-08T05:59:59Z, 100",
    "2026-03-08T06:00:00Z, 200",
    "2026-03-08T06:59:59Z, 200",
    "2026-03-08T07:00:00Z, 100",
    // A day of 25 hours; of two campaigns the higher holds.
    "2026-11-01T03:59:59Z, 50",
    "2026-11-01T04:00:00Z, 150",
    "2026-11-02T04:59:59Z, 150",
    "2026-11-02T05:00:00Z, 50",
    // Not for this kind.
    "2026-05-15T00:00:00Z, 100",
  })
  void what_held_at_the_moment_of_the_purchase_counts(Instant at, long points) {
    assertThat(tokens(read(CHANGING), 100_00, at)).isEqualTo(new Policy.Points.Of(points));
  }

  @Test
  void the_cap_is_the_most_for_one_purchase() {
    assertThat(tokens(read(CHANGING), Long.MAX_VALUE, NOW)).isEqualTo(new Policy.Points.Of(1000));
    assertThat(tokens(read(CHANGING), 2000_00, NOW)).isEqualTo(new Policy.Points.Of(1000));
    assertThat(tokens(read(CHANGING), 1999_99, NOW)).isEqualTo(new Policy.Points.Of(999));
  }

  static Policy read(String yaml) {
    return PolicyFile.read("policy.yaml", new StringReader(yaml));
  }

  private static Policy.Points tokens(Policy policy, long cents, Instant at) {
    return policy.points(TOKEN_PURCHASE, Currency.getInstance("USD"), cents, null, at);
  }
}
