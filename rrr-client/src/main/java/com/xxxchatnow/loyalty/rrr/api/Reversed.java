package com.xxxchatnow.loyalty.rrr.api;

/** The points are back. The contract promises nothing more than a 2xx. */
public record Reversed() {}
