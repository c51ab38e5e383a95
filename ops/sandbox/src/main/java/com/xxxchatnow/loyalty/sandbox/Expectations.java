package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;

/**
 * How a demonstration must end. That results and RRR's ledger agree is not enough: they also agree
 * when every checkout was rejected.
 */
final class Expectations {
  private final Map<String, String> ends = new LinkedHashMap<>();
  private final Map<String, Predicate<SpecificRecord>> events = new LinkedHashMap<>();

  /**
   * @param end status and, in parentheses, reason: {@code SKIPPED (NOT_LINKED)}
   */
  synchronized void order(String orderId, String end) {
    ends.put(orderId, end);
  }

  /** An event that RRR's webhooks must bring. */
  synchronized void event(String what, Predicate<SpecificRecord> event) {
    events.put(what, event);
  }

  /** A line for each event that has not come. */
  synchronized List<String> missing(Collection<SpecificRecord> seen) {
    return events.entrySet().stream()
        .filter(expected -> seen.stream().noneMatch(expected.getValue()))
        .map(expected -> "the event did not come: " + expected.getKey())
        .toList();
  }

  /** A line for each order that ended otherwise, or not at all. */
  synchronized List<String> unmet(
      Collection<EarnResult> results, Collection<RedemptionStatusChanged> redemptions) {
    var actual = new HashMap<String, String>();
    results.forEach(result ->
        actual.put(
            result.getOrderId(), result.getStatus() + ResultCollector.because(result.getReason())));
    redemptions.forEach(change ->
        actual.put(
            change.getOrderId(), change.getStatus() + ResultCollector.because(change.getReason())));
    return ends.entrySet().stream()
        .filter(expected -> !expected.getValue().equals(actual.get(expected.getKey())))
        .map(expected ->
            "%s: expected %s, but was %s"
                .formatted(expected.getKey(), expected.getValue(), actual.get(expected.getKey())))
        .toList();
  }
}
