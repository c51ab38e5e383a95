package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionOperation;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import java.time.Instant;
import java.util.List;

/** Records as the checkout and the saga write them. */
public final class Samples {
  // Avro builds no class of ours before this one has said that they may be trusted.
  static final AvroSerdes SERDES = new AvroSerdes("mock://samples");

  private Samples() {}

  /** 500 points off a cart of 50.00 CAD. */
  public static RedemptionRequested.Builder request(String order) {
    return RedemptionRequested.newBuilder()
        .setOrderId(order)
        .setUserId("u-1")
        .setCurrency("CAD")
        .setCartTotalMinor(5_000)
        .setItems(List.of(new CartItem("tokens", 1, 5_000L)))
        .setMode(RedemptionMode.EXACT)
        .setPoints(500L)
        .setRequestedAt(Instant.parse("2026-11-22T12:00:00Z"));
  }

  /** A call of the saga, without what its kind needs. */
  public static RedemptionCall call(RedemptionOperation operation, int number) {
    return RedemptionCall.newBuilder()
        .setOrderId("o-1")
        .setOperation(operation)
        .setNumber(number)
        .setUserId("u-1")
        .setCalledAt(Instant.parse("2026-11-22T12:00:00Z"))
        .build();
  }
}
