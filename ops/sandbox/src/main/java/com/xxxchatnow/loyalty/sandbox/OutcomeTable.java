package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.RedemptionStatus;
import java.util.function.Predicate;

/** How each order ended, by what was published and by RRR's ledger, as a table for people. */
final class OutcomeTable {
  private OutcomeTable() {}

  /** Order, status, reason, points by result, points at RRR. */
  static String of(PublishedOrders orders, ResultCollector collector, RrrLedger ledger) {
    var table = new StringBuilder();
    line(table, "order", "status", "reason", "points", "at RRR");
    for (var result : orders.results(collector)) {
      Predicate<RrrLedger.Entry> own = entry -> entry.id().equals(result.getLedgerEntryId());
      var atRrr = ledger.entries().stream().filter(own).mapToLong(RrrLedger.Entry::points).sum();
      line(
          table,
          result.getOrderId(),
          result.getStatus(),
          result.getReason(),
          result.getPoints(),
          atRrr);
    }
    orders
        .unreadable(collector)
        .forEach(letter ->
            line(table, "(" + letter.place() + ")", "DEAD_LETTERED", letter.reason(), 0, 0));
    for (var change : orders.redemptions(collector)) {
      var burned = ledger.burned(change.getOrderId());
      line(
          table,
          change.getOrderId(),
          change.getStatus(),
          change.getReason(),
          change.getStatus() == RedemptionStatus.COMMITTED ? -change.getPoints() : 0,
          -burned);
    }
    return table.toString();
  }

  private static void line(StringBuilder table, Object... cells) {
    var texts = new Object[cells.length];
    for (var i = 0; i < cells.length; i++) texts[i] = cells[i] == null ? "-" : cells[i].toString();
    table.append("%-12s %-14s %-20s %8s %8s%n".formatted(texts));
  }
}
