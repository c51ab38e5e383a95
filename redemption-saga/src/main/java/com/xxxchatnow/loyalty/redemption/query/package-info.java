/** Redemptions over HTTP: one order, lists, and waiting for a decision. */
package com.xxxchatnow.loyalty.redemption.query;
