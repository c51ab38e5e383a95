/** Faults on demand, and the rate limit. */
package com.xxxchatnow.loyalty.simulator.faults;
