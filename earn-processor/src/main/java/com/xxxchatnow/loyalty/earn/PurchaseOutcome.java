package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.rrr.api.Earned;

/** How a purchase ends. */
sealed interface PurchaseOutcome {
  /** Calls made to RRR for it. */
  int attempts();

  /** RRR has booked it. */
  record Booked(String member, long points, Earned earned, int attempts)
      implements PurchaseOutcome {}

  /** Nothing is to be booked. */
  record Skipped(Reason reason, int attempts) implements PurchaseOutcome {}

  /**
   * It is refused or senseless.
   *
   * @param detail for an operator: no value of the purchase
   */
  record Dead(Reason reason, String detail, int attempts) implements PurchaseOutcome {}
}
