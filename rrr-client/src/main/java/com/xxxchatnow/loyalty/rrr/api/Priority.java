package com.xxxchatnow.loyalty.rrr.api;

/** Who goes first when this instance's part of RRR's rate limit is short. */
public enum Priority {
  /** A person waits for the answer: quotes. */
  HIGH,
  /** Everything else. */
  NORMAL
}
