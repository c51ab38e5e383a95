package com.xxxchatnow.loyalty.redemption.machine;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import java.util.Currency;

/** What makes a readable request senseless. */
final class RequestValidation {
  private RequestValidation() {}

  /** What is wrong with it, or null; names no value of the request. */
  static String fault(RedemptionRequested request) {
    if (request.getCartTotalMinor() <= 0) return "cart_total_minor is not above 0";
    if (!isCurrency(request.getCurrency())) return "currency is no ISO 4217 code";
    if (request.getMode() == RedemptionMode.UNKNOWN) return "mode is unknown";
    if (request.getMode() == RedemptionMode.EXACT && !hasPoints(request))
      return "mode EXACT needs points above 0";
    return request.getItems().stream().allMatch(RequestValidation::isItem)
        ? null
        : "an item is senseless";
  }

  private static boolean hasPoints(RedemptionRequested request) {
    return request.getPoints() != null && request.getPoints() > 0;
  }

  private static boolean isItem(CartItem item) {
    return !item.getSku().isBlank() && item.getQty() > 0 && item.getMinor() >= 0;
  }

  private static boolean isCurrency(String code) {
    return Currency.getAvailableCurrencies().stream()
        .anyMatch(currency -> currency.getCurrencyCode().equals(code));
  }
}
