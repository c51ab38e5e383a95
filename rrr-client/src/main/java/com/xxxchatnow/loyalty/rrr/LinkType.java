package com.xxxchatnow.loyalty.rrr;

/** Who is linked. */
public enum LinkType {
  MEMBER,
  MODEL,
  /** A type this version does not know. */
  UNKNOWN
}
