package com.xxxchatnow.loyalty.sandbox;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What came out, counted twice: by the reader of the result topics, and in RRR's ledger.
 *
 * @param purchases published
 * @param points earned or pending, as the results say
 * @param ledgerPoints points of the earn entries of these orders at RRR
 * @param disagreements each place where results and ledger differ; empty when they agree
 * @param unmet a line for each thing that the demonstration expected and did not see
 */
record Summary(
    long purchases,
    long earned,
    long pending,
    Map<String, Long> skipped,
    @JsonProperty("dead_lettered") Map<String, Long> deadLettered,
    long points,
    @JsonProperty("ledger_points") long ledgerPoints,
    @JsonProperty("ledger_entries") long ledgerEntries,
    Map<String, Long> redemptions,
    @JsonIgnore Map<String, Long> pointsByKind,
    @JsonIgnore List<String> disagreements,
    @JsonIgnore List<String> unmet) {

  @JsonProperty("agree")
  boolean agree() {
    return disagreements.isEmpty();
  }

  @JsonProperty("as_expected")
  boolean asExpected() {
    return unmet.isEmpty();
  }

  static Summary of(
      PublishedOrders orders, ResultCollector collector, RrrLedger ledger, List<String> unmet) {
    var results = orders.results(collector);
    var letters = orders.unreadable(collector);
    var earned = results.stream().filter(Summary::gavePoints).toList();
    var orderIds = results.stream().map(EarnResult::getOrderId).collect(Collectors.toSet());
    var entries = ledger.of(orderIds, "EARN");
    var redemptions = orders.redemptions(collector);

    var disagreements = new ArrayList<String>(collector.doubled());
    disagreements.addAll(orders.undecided(collector));
    disagreements.addAll(Agreement.ofEarns(earned, entries));
    disagreements.addAll(Agreement.ofRedemptions(redemptions, ledger));

    var deadLettered = reasons(results, EarnStatus.DEAD_LETTERED);
    letters.forEach(letter -> deadLettered.merge(letter.reason(), 1L, Long::sum));
    return new Summary(
        orders.purchases(),
        count(results, EarnStatus.EARNED),
        count(results, EarnStatus.PENDING),
        reasons(results, EarnStatus.SKIPPED),
        deadLettered,
        earned.stream().mapToLong(EarnResult::getPoints).sum(),
        entries.stream().mapToLong(RrrLedger.Entry::points).sum(),
        entries.size(),
        counted(redemptions, change -> change.getStatus().name()),
        earned.stream()
            .collect(
                Collectors.groupingBy(
                    result -> result.getKind().name(),
                    TreeMap::new,
                    Collectors.summingLong(EarnResult::getPoints))),
        List.copyOf(disagreements),
        List.copyOf(unmet));
  }

  /** The counts, for people. */
  String text() {
    return """
    %d purchases: %d earned, %d pending, skipped %s, dead-lettered %s
    points: %d by results %s, %d in RRR's ledger (%d entries)
    redemptions: %s
    %s%s\
    """
        .formatted(
            purchases,
            earned,
            pending,
            skipped,
            deadLettered,
            points,
            pointsByKind,
            ledgerPoints,
            ledgerEntries,
            redemptions,
            agree()
                ? "Results and RRR's ledger agree."
                : "Results and RRR's ledger DISAGREE:\n  " + String.join("\n  ", disagreements),
            asExpected()
                ? ""
                : "\nThe demonstration did NOT go as expected:\n  " + String.join("\n  ", unmet));
  }

  /** The counts, as one line of JSON. */
  String json() {
    try {
      return new ObjectMapper().writeValueAsString(this);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static boolean gavePoints(EarnResult result) {
    return Set.of(EarnStatus.EARNED, EarnStatus.PENDING).contains(result.getStatus());
  }

  private static long count(Collection<EarnResult> results, EarnStatus status) {
    return results.stream().filter(result -> result.getStatus() == status).count();
  }

  private static Map<String, Long> reasons(Collection<EarnResult> results, EarnStatus status) {
    return counted(
        results.stream().filter(result -> result.getStatus() == status).toList(),
        result -> String.valueOf(result.getReason()));
  }

  private static <T> Map<String, Long> counted(Collection<T> all, Function<T, String> by) {
    return all.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()));
  }

  /** How results are held against the ledger. */
  private static final class Agreement {

    static List<String> ofEarns(List<EarnResult> results, List<RrrLedger.Entry> entries) {
      var disagreements = new ArrayList<String>();
      var unclaimed = new TreeMap<String, RrrLedger.Entry>();
      entries.forEach(entry -> unclaimed.put(entry.id(), entry));
      for (var result : results) {
        var entry = unclaimed.remove(String.valueOf(result.getLedgerEntryId()));
        if (entry == null) {
          disagreements.add(result.getOrderId() + ": its ledger entry is not at RRR");
        } else if (entry.points() != result.getPoints()) {
          disagreements.add(
              "%s: %d points by result, %d at RRR"
                  .formatted(result.getOrderId(), result.getPoints(), entry.points()));
        }
      }
      unclaimed.values().stream()
          .map(entry -> entry.orderId() + ": an earn entry at RRR without a result")
          .forEach(disagreements::add);
      return disagreements;
    }

    static List<String> ofRedemptions(
        Collection<RedemptionStatusChanged> redemptions, RrrLedger ledger) {
      return redemptions.stream()
          .filter(change -> expected(change) != ledger.burned(change.getOrderId()))
          .map(change ->
              "%s: %s, but %d points are burned at RRR"
                  .formatted(
                      change.getOrderId(), change.getStatus(), ledger.burned(change.getOrderId())))
          .toList();
    }

    private static long expected(RedemptionStatusChanged change) {
      return change.getStatus() == RedemptionStatus.COMMITTED ? change.getPoints() : 0;
    }
  }
}
