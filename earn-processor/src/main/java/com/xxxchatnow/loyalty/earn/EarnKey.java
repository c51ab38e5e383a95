package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;

/** The idempotency key of a purchase (contract: Decision, keys). */
final class EarnKey {
  private static final String FIRST_LINE = "1";

  private EarnKey() {}

  /**
   * The contract's key for line 1. A further line has one of its own; a colon stands where line 1
   * has an underscore, because order ids are opaque: {@code token_purchase_a_2} would be line 2 of
   * order a and line 1 of order a_2 alike.
   */
  static String of(PurchaseCompleted purchase) {
    var kind =
        purchase.getKind() == PurchaseKind.MEMBERSHIP_PURCHASE
            ? "membership_purchase"
            : "token_purchase";
    return purchase.getLineId().equals(FIRST_LINE)
        ? kind + "_" + purchase.getOrderId()
        : kind + ":" + purchase.getLineId() + ":" + purchase.getOrderId();
  }
}
