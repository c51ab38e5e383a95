package com.xxxchatnow.loyalty.simulator.faults;

/**
 * The calls that arrived in one second, token calls included.
 *
 * @param second since the epoch, by the time outside
 * @param limited how many of them were answered 429
 */
public record RatePerSecond(long second, int calls, int limited) {}
