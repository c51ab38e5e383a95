package com.xxxchatnow.loyalty.rrr;

/** What came of one attempt; no answer is a value, not an exception. */
sealed interface Reply {

  /**
   * @param retryAfter the header as it came, or null
   */
  record Answered(int status, byte[] body, String retryAfter) implements Reply {}

  /**
   * No whole answer: RRR may have done it or not.
   *
   * @param how for an operator, without ids
   */
  record Lost(String how) implements Reply {}
}
