package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.time.Instant;
import java.util.UUID;

/** Purchases for tests. */
final class Purchases {
  private Purchases() {}

  /** Tokens for so many cents of USD. */
  static PurchaseCompleted.Builder tokens(String orderId, String userId, long cents) {
    return PurchaseCompleted.newBuilder()
        .setEventId(UUID.randomUUID().toString())
        .setOccurredAt(Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS))
        .setOrderId(orderId)
        .setUserId(userId)
        .setKind(PurchaseKind.TOKEN_PURCHASE)
        .setCurrency("USD")
        .setAmountMinor(cents);
  }

  static PurchaseCompleted.Builder membership(String orderId, String userId, long cents) {
    return tokens(orderId, userId, cents)
        .setKind(PurchaseKind.MEMBERSHIP_PURCHASE)
        .setMembershipTier("GOLD");
  }
}
