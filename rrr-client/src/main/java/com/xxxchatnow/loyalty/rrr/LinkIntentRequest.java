package com.xxxchatnow.loyalty.rrr;

import java.util.Objects;

/** A user's wish to be linked (contract: POST /v1/links/intents). */
public record LinkIntentRequest(String clientUserId, LinkType linkType) {
  public LinkIntentRequest {
    Objects.requireNonNull(clientUserId, "clientUserId");
    Objects.requireNonNull(linkType, "linkType");
  }

  @Override
  public String toString() {
    return "LinkIntentRequest[" + linkType + "]";
  }
}
