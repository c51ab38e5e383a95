/** Requests to RRR, their answers, and the outcome of a call. */
package com.xxxchatnow.loyalty.rrr.api;
