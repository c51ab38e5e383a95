/** Requests, answers and refusals in RRR's form. */
package com.xxxchatnow.loyalty.simulator.http;
