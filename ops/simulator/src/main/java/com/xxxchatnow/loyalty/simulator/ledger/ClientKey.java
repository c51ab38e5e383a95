package com.xxxchatnow.loyalty.simulator.ledger;

/** An idempotency key and the client that chose it: two clients may use the same key. */
public record ClientKey(String client, String key) {}
