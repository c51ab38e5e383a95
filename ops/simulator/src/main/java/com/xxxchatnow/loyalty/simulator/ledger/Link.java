package com.xxxchatnow.loyalty.simulator.ledger;

import java.time.Instant;

/** One user and the one member the user is linked to. */
public record Link(String userId, String memberId, String type, Instant linkedAt) {}
