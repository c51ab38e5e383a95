package com.xxxchatnow.loyalty.simulator.ledger;

import java.util.List;
import java.util.Map;

/**
 * Everything RRR has booked, at one moment.
 *
 * @param balances available points by member
 */
public record Snapshot(
    List<LedgerEntry> entries,
    Map<String, Long> balances,
    List<RedemptionOrder> orders,
    List<Link> links) {}
