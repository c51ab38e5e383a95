/** Redemptions seen through the saga's queries, and repairs of those that failed. */
package com.xxxchatnow.loyalty.cli.redemptions;
