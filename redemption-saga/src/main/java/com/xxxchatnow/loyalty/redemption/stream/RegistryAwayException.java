package com.xxxchatnow.loyalty.redemption.stream;

/**
 * The schema registry does not answer, so that a record can be neither read nor written just now:
 * an outage, not poison. The record is taken again.
 */
final class RegistryAwayException extends RuntimeException {
  RegistryAwayException(Throwable cause) {
    super("the schema registry does not answer", cause);
  }
}
