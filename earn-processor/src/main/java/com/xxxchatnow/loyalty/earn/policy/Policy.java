package com.xxxchatnow.loyalty.earn.policy;

import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many points a purchase is worth (contract: Points): {@code floor(base × tier × campaign)}, at
 * most the cap, as of the moment of the purchase. Exact, and the same whenever it is asked: nothing
 * here knows the time of processing.
 *
 * @param versions ascending by their beginning; the newest that has begun holds
 */
public record Policy(List<Version> versions, List<Campaign> campaigns) {

  /**
   * The rates from a moment on.
   *
   * @param tiers multiplier by the user's tier; a tier that is not here has 1
   * @param cap most points for one purchase; null: none
   */
  record Version(
      Instant from, Map<PurchaseKind, Rate> rates, Map<String, BigDecimal> tiers, Long cap) {}

  /** Points for each unit of the currency, of the exact amount or of its whole units. */
  record Rate(BigDecimal pointsPerUnit, boolean wholeUnits) {}

  /**
   * A multiplier for a while; of several at the same time the highest holds.
   *
   * @param from inclusive
   * @param until exclusive
   */
  record Campaign(
      String name, Instant from, Instant until, BigDecimal multiplier, Set<PurchaseKind> kinds) {
    private boolean holds(PurchaseKind kind, Instant at) {
      return kinds.contains(kind) && !at.isBefore(from) && at.isBefore(until);
    }
  }

  /** A number of points, 0 or more; or why there is none. */
  public sealed interface Points {
    record Of(long number) implements Points {}

    record Undefined(String why) implements Points {}
  }

  public Policy {
    versions = versions.stream().sorted(Comparator.comparing(Version::from).reversed()).toList();
    campaigns = List.copyOf(campaigns);
  }

  /**
   * @param currency of ISO 4217, with minor units
   * @param amountMinor minor units of the currency, above 0
   * @param tier null: none
   */
  public Points points(
      PurchaseKind kind, Currency currency, long amountMinor, String tier, Instant at) {
    var version = versions.stream().filter(each -> !each.from().isAfter(at)).findFirst();
    if (version.isEmpty()) return new Points.Undefined("no policy held when it occurred");
    var rate = version.get().rates().get(kind);
    if (rate == null) return new Points.Undefined("the policy has no rate for its kind");
    var units = BigDecimal.valueOf(amountMinor, currency.getDefaultFractionDigits());
    if (rate.wholeUnits()) units = units.setScale(0, RoundingMode.FLOOR);
    var exact =
        units
            .multiply(rate.pointsPerUnit())
            .multiply(multiplier(version.get(), tier))
            .multiply(campaign(kind, at));
    return capped(exact.setScale(0, RoundingMode.FLOOR).toBigInteger(), version.get().cap());
  }

  private static BigDecimal multiplier(Version version, String tier) {
    return tier == null ? BigDecimal.ONE : version.tiers().getOrDefault(tier, BigDecimal.ONE);
  }

  private BigDecimal campaign(PurchaseKind kind, Instant at) {
    return campaigns.stream()
        .filter(each -> each.holds(kind, at))
        .map(Campaign::multiplier)
        .max(Comparator.naturalOrder())
        .orElse(BigDecimal.ONE);
  }

  private static Points capped(BigInteger points, Long cap) {
    var most = cap == null ? points : points.min(BigInteger.valueOf(cap));
    return most.bitLength() < Long.SIZE
        ? new Points.Of(most.longValueExact())
        : new Points.Undefined("its points exceed 64 bits");
  }
}
