package com.xxxchatnow.loyalty.simulator.ledger;

/** An order whose points were burned, and whether they have been given back. */
public record RedemptionOrder(
    String orderId,
    String quoteId,
    String userId,
    String memberId,
    long points,
    long discountMinor,
    State state) {

  /** Reversed is final: such an order is never burned again. */
  public enum State {
    COMMITTED,
    REVERSED
  }

  RedemptionOrder reversed() {
    return new RedemptionOrder(
        orderId, quoteId, userId, memberId, points, discountMinor, State.REVERSED);
  }
}
