package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Outcome;

/** Has RRR book a purchase: one call each, or several in a batch. */
interface EarnClient {
  /** Blocks until RRR gives a definite answer. */
  Outcome<Earned> earn(EarnRequest request, CallOptions call) throws InterruptedException;
}
