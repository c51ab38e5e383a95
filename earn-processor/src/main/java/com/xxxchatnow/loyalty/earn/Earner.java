package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.rrr.Call;
import com.xxxchatnow.loyalty.rrr.EarnRequest;
import com.xxxchatnow.loyalty.rrr.Earned;
import com.xxxchatnow.loyalty.rrr.Outcome;

/** Has RRR book a purchase: one call each, or several in a batch. */
interface Earner {
  /** Blocks until RRR gives a definite answer. */
  Outcome<Earned> earn(EarnRequest request, Call call) throws InterruptedException;
}
