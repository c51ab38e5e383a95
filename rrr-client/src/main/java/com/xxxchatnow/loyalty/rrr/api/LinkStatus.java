package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;

/**
 * Whether a user is linked to an RRR member (docs/rrr-contract.md#link-status).
 *
 * @param memberId null when not linked, like linkType and linkedAt
 */
public record LinkStatus(boolean linked, String memberId, LinkType linkType, Instant linkedAt) {
  @Override
  public String toString() {
    return "LinkStatus[" + (linked ? linkType : "not linked") + "]";
  }
}
