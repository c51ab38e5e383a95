package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;

/**
 * A link waiting for its confirmation.
 *
 * @param linkCode a secret between the user and RRR: show it to the user, log it never
 */
public record LinkIntent(String intentId, Instant expiresAt, String linkCode) {
  @Override
  public String toString() {
    return "LinkIntent[expiresAt=" + expiresAt + ", linkCode=***]";
  }
}
