package com.xxxchatnow.loyalty.simulator.ledger;

/**
 * Points to be booked: a ledger entry before the ledger gives it id, time and balance.
 *
 * @param key whose operation it is, under which key
 */
record Movement(
    Link link,
    LedgerEntry.Type type,
    long points,
    String reasonCode,
    ClientKey key,
    String orderId,
    String lineId) {}
