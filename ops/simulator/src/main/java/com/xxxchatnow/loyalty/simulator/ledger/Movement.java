package com.xxxchatnow.loyalty.simulator.ledger;

/** Points to be booked: a ledger entry before the ledger gave it id, time and balance. */
record Movement(
    Link link,
    LedgerEntry.Type type,
    long points,
    String reasonCode,
    String sourceRef,
    String orderId,
    String lineId) {}
