package com.xxxchatnow.loyalty.earn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Currency;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** What holds for every policy, amount, currency and moment. */
class PolicyPropertiesTest {
  private static final long YEAR = 365L * 24 * 3600;

  @Property
  void points_never_fall_when_the_amount_rises(
      @ForAll("policies") Policy policy,
      @ForAll("kinds") PurchaseKind kind,
      @ForAll("currencies") Currency currency,
      @ForAll @LongRange(min = 1) long one,
      @ForAll @LongRange(min = 1) long other,
      @ForAll("moments") Instant at) {
    var less = points(policy, kind, currency, Math.min(one, other), at);
    var more = points(policy, kind, currency, Math.max(one, other), at);
    assertThat(more).isGreaterThanOrEqualTo(less);
  }

  @Property
  void points_are_never_negative_nor_above_the_cap(
      @ForAll("policies") Policy policy,
      @ForAll("kinds") PurchaseKind kind,
      @ForAll("currencies") Currency currency,
      @ForAll @LongRange(min = 1) long amount,
      @ForAll("moments") Instant at) {
    var points = points(policy, kind, currency, amount, at);
    assertThat(points.signum()).isNotNegative();
    var cap = policy.versions().getFirst().cap();
    if (cap != null) assertThat(points).isLessThanOrEqualTo(BigInteger.valueOf(cap));
  }

  @Property
  void the_contract_s_points_are_the_exact_fraction_rounded_down(
      @ForAll("kinds") PurchaseKind kind,
      @ForAll("currencies") Currency currency,
      @ForAll @LongRange(min = 1) long amount,
      @ForAll boolean vip) {
    // The same in whole numbers: no decimal, no policy.
    var unit = BigInteger.TEN.pow(currency.getDefaultFractionDigits());
    var base =
        kind == PurchaseKind.TOKEN_PURCHASE
            ? BigInteger.valueOf(amount)
            : BigInteger.valueOf(amount).divide(unit).multiply(unit).shiftLeft(1);
    var expected = base.multiply(BigInteger.valueOf(vip ? 3 : 2)).divide(unit.shiftLeft(1));
    var points =
        PolicyFile.builtIn()
            .points(
                kind, currency, amount, vip ? "VIP" : null, Instant.EPOCH.plusSeconds(60 * YEAR));
    assertThat(points)
        .isEqualTo(
            expected.bitLength() < 64
                ? new Policy.Points.Of(expected.longValueExact())
                : new Policy.Points.Undefined("its points exceed 64 bits"));
  }

  private static BigInteger points(
      Policy policy, PurchaseKind kind, Currency currency, long amount, Instant at) {
    return switch (policy.points(kind, currency, amount, "VIP", at)) {
      case Policy.Points.Of(var number) -> BigInteger.valueOf(number);
      // Only ever because there are too many.
      case Policy.Points.Undefined _ -> BigInteger.TWO.pow(63);
    };
  }

  @Provide
  Arbitrary<PurchaseKind> kinds() {
    return Arbitraries.of(PurchaseKind.TOKEN_PURCHASE, PurchaseKind.MEMBERSHIP_PURCHASE);
  }

  /** With 0, 2, 3 and 4 digits. */
  @Provide
  Arbitrary<Currency> currencies() {
    return Arbitraries.of("JPY", "USD", "KWD", "CLF").map(Currency::getInstance);
  }

  @Provide
  Arbitrary<Instant> moments() {
    return Arbitraries.longs().between(0, 60 * YEAR).map(Instant::ofEpochSecond);
  }

  @Provide
  Arbitrary<Policy> policies() {
    var multiplier =
        Arbitraries.bigDecimals()
            .between(BigDecimal.ZERO, BigDecimal.valueOf(1_000_000))
            .ofScale(6);
    var cap = Arbitraries.longs().greaterOrEqual(0).injectNull(0.5);
    var campaign =
        Combinators.combine(moments(), moments(), multiplier)
            .as((from, until, by) ->
                new Policy.Campaign("c", from, until, by, EnumSet.of(PurchaseKind.TOKEN_PURCHASE)));
    return Combinators.combine(
            multiplier, Arbitraries.of(true, false), multiplier, cap, campaign.list().ofMaxSize(4))
        .as((rate, whole, vip, most, campaigns) -> {
          var each = new Policy.Rate(rate, whole);
          var rates =
              Map.of(PurchaseKind.TOKEN_PURCHASE, each, PurchaseKind.MEMBERSHIP_PURCHASE, each);
          var version = new Policy.Version(Instant.EPOCH, rates, Map.of("VIP", vip), most);
          return new Policy(List.of(version), campaigns);
        });
  }
}
