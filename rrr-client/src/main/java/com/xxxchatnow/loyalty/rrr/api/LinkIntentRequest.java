package com.xxxchatnow.loyalty.rrr.api;

import java.util.Objects;

/** A user's wish to be linked (contract: POST /v1/links/intents). */
public record LinkIntentRequest(String clientUserId, LinkType linkType) {
  public LinkIntentRequest {
    Objects.requireNonNull(clientUserId, "clientUserId");
    if (linkType == null || linkType == LinkType.UNKNOWN)
      throw new IllegalArgumentException("a link is asked for as MEMBER or MODEL");
  }

  @Override
  public String toString() {
    return "LinkIntentRequest[" + linkType + "]";
  }
}
