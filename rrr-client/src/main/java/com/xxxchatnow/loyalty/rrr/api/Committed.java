package com.xxxchatnow.loyalty.rrr.api;

/** The points are burned. The contract promises nothing more than a 2xx. */
public record Committed() {}
