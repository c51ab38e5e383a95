package com.xxxchatnow.loyalty.rrr.api;

/** User and member are linked. A 2xx is all that RRR promises. */
public record LinkConfirmed() {}
