/** Purchases become points: decode, decide, call RRR, settle. */
package com.xxxchatnow.loyalty.earn;
