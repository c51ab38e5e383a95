package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.rrr.Earned;

/** How a purchase ends. */
sealed interface End {
  /** Calls made to RRR for it. */
  int attempts();

  /** RRR has booked it. */
  record Booked(String member, long points, Earned earned, int attempts) implements End {}

  /** Nothing is to be booked. */
  record Skipped(Reason reason, int attempts) implements End {}

  /**
   * It is refused or senseless.
   *
   * @param detail for an operator: no value of the purchase
   */
  record Dead(Reason reason, String detail, int attempts) implements End {}
}
