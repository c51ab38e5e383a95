package com.xxxchatnow.loyalty.rrr.api;

/** The points are burned. A 2xx is all that RRR promises. */
public record Committed() {}
