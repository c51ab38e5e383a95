package com.xxxchatnow.loyalty.simulator;

import java.util.List;
import java.util.Map;

/**
 * Everything RRR has booked, at one moment.
 *
 * @param balances available points by member
 */
public record Truth(
    List<LedgerEntry> entries,
    Map<String, Long> balances,
    List<RedemptionOrder> orders,
    List<Link> links) {}
