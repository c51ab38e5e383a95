/** Calls of the saga made at RRR, on the shared worker. */
package com.xxxchatnow.loyalty.redemption.calls;
