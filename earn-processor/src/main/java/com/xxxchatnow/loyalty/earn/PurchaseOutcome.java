package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.rrr.api.Earned;

/** How a purchase ends. */
sealed interface PurchaseOutcome {
  /** Calls made to RRR for it. */
  int attempts();

  /** Why nothing was booked; null: it was. */
  Reason reason();

  /** RRR has booked it. */
  record Booked(String member, long points, Earned earned, int attempts)
      implements PurchaseOutcome {
    @Override
    public Reason reason() {
      return null;
    }
  }

  /** Nothing is to be booked. */
  record Skipped(Reason reason, int attempts) implements PurchaseOutcome {}

  /**
   * It is refused or invalid: its record is dead-lettered.
   *
   * @param detail for an operator: no value of the purchase
   */
  record Dead(Reason reason, String detail, int attempts) implements PurchaseOutcome {}
}
