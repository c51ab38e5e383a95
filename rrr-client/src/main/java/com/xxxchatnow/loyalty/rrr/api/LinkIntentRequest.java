package com.xxxchatnow.loyalty.rrr.api;

import java.util.Objects;

/** A user wants to be linked (docs/rrr-contract.md#link-intent). */
public record LinkIntentRequest(String clientUserId, LinkType linkType) {
  public LinkIntentRequest {
    Objects.requireNonNull(clientUserId, "clientUserId");
    if (linkType == null || linkType == LinkType.UNKNOWN)
      throw new IllegalArgumentException("the type of a link must be MEMBER or MODEL");
  }

  @Override
  public String toString() {
    return "LinkIntentRequest[" + linkType + "]";
  }
}
