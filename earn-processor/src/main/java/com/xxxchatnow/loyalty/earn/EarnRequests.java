package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import java.util.HashMap;
import java.util.Map;

/** A purchase as RRR is sent it: the same bytes for the same purchase, points and member. */
final class EarnRequests {
  private EarnRequests() {}

  static EarnRequest of(PurchaseCompleted purchase, long points, String member) {
    return new EarnRequest(
        purchase.getUserId(),
        member,
        purchase.getKind() == PurchaseKind.MEMBERSHIP_PURCHASE
            ? EarnRequest.Source.MEMBERSHIP_PURCHASE
            : EarnRequest.Source.TOKEN_PURCHASE,
        purchase.getOrderId(),
        purchase.getLineId(),
        purchase.getCurrency(),
        purchase.getAmountMinor(),
        points,
        EarnRequest.PostingMode.POSTED,
        null,
        metadata(purchase));
  }

  private static Map<String, String> metadata(PurchaseCompleted purchase) {
    var metadata = new HashMap<>(purchase.getMetadata());
    if (purchase.getTokensPurchased() != null)
      metadata.putIfAbsent("tokens_purchased", purchase.getTokensPurchased().toString());
    if (purchase.getMembershipTier() != null)
      metadata.putIfAbsent("membership_tier", purchase.getMembershipTier());
    return metadata;
  }
}
