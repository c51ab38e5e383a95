package com.xxxchatnow.loyalty.rrr.api;

/** The points are back. A 2xx is all that RRR promises. */
public record Reversed() {}
