package com.xxxchatnow.loyalty.rrr.api;

/** User and member are linked. The contract promises nothing more than a 2xx. */
public record LinkConfirmed() {}
