/**
 * The Kafka Streams application: decode events, apply the table, store states, announce changes.
 */
package com.xxxchatnow.loyalty.redemption.stream;
