package com.xxxchatnow.loyalty.rrr.api;

/** Who is linked. */
public enum LinkType {
  MEMBER,
  MODEL,
  /** A type this version does not know. */
  UNKNOWN
}
