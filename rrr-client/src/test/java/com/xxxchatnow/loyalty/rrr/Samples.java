package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import java.util.Map;
import java.util.UUID;

/** What the tests send. */
final class Samples {
  static final EarnRequest PURCHASE =
      new EarnRequest(
          "user-1",
          "member-1",
          EarnRequest.Source.TOKEN_PURCHASE,
          "order-1",
          "1",
          "USD",
          1000,
          10,
          EarnRequest.PostingMode.POSTED,
          null,
          Map.of("b", "2", "a", "1"));

  private Samples() {}

  /** Goes on until RRR gives a definite answer. */
  static CallOptions call() {
    return CallOptions.untilAnswered("k-" + UUID.randomUUID(), UUID.randomUUID());
  }
}
