package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.events.RedemptionMode;

/** The call a stage waits for, made of nothing but the redemption: repeated, it is the same. */
final class Calls {
  private Calls() {}

  static RedemptionCall of(Redemption redemption) {
    var call =
        RedemptionCall.newBuilder()
            .setOrderId(redemption.orderId())
            .setOperation(redemption.stage().awaits())
            .setNumber(redemption.numberOf(redemption.stage().awaits()))
            .setUserId(redemption.request().getUserId())
            .setRrrMemberId(redemption.memberId())
            .setCalledAt(redemption.at())
            .setFirstCalledAt(redemption.firstCalledAt());
    return switch (redemption.stage().awaits()) {
      case QUOTE -> quote(call, redemption).build();
      case COMMIT ->
          call.setQuoteId(redemption.quote().id())
              .setQuoteExpiresAt(redemption.quote().expiresAt())
              .build();
      case REVERSE -> call.setReverseReason(redemption.reverseReason()).build();
      case UNKNOWN -> throw new IllegalStateException("no stage waits for " + call.getOperation());
    };
  }

  private static RedemptionCall.Builder quote(RedemptionCall.Builder call, Redemption redemption) {
    var request = redemption.request();
    call.setCurrency(request.getCurrency())
        .setCartTotalMinor(request.getCartTotalMinor())
        .setItems(request.getItems())
        .setDeadline(redemption.deadline());
    // A second quote is for the deal that was announced.
    return redemption.quote() == null
        ? call.setMode(request.getMode()).setPoints(request.getPoints())
        : call.setMode(RedemptionMode.EXACT).setPoints(redemption.quote().points());
  }
}
