/** RRR's endpoints, tokens and call log. */
package com.xxxchatnow.loyalty.simulator.api;
