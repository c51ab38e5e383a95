/**
 * The state machine alone: states, events and the transition table. No Kafka, no HTTP, no clock.
 */
package com.xxxchatnow.loyalty.redemption.machine;
