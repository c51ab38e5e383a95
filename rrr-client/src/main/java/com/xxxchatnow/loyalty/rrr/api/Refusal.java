package com.xxxchatnow.loyalty.rrr.api;

/**
 * Why RRR definitely refused a call: the names equal those of the one catalogue of reasons, which
 * this module cannot see.
 */
public enum Refusal {
  /** 422. */
  REFUSED_VALIDATION,
  /** 409, a conflict of the business kind. */
  REFUSED_CONFLICT,
  /** 409 IDEMPOTENCY_KEY_REUSE_MISMATCH: two payloads under one key, an alarm. */
  KEY_REUSED,
  /** 404; what it means depends on the call (a reverse: nothing was burned). */
  REFUSED_NOT_FOUND,
  /** Any other 4xx, and a call that keeps failing alone while others succeed. */
  REFUSED_OTHER,
  /** 403: credentials or scopes are wrong, an alarm. */
  UNAUTHORIZED,
  /** A commit whose quote has expired. */
  QUOTE_EXPIRED
}
