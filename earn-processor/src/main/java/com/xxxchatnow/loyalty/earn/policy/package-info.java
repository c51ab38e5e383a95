/** How many points a purchase earns: a pure function of the purchase and the policy file. */
package com.xxxchatnow.loyalty.earn.policy;
