/** The client of RRR's API: tokens, retries, circuit breaker and rate limit. No Kafka. */
package com.xxxchatnow.loyalty.rrr;
