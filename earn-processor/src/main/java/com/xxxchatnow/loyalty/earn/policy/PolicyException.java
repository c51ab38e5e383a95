package com.xxxchatnow.loyalty.earn.policy;

import java.util.List;

/** A policy file that can't be used: each fault with its line. */
public final class PolicyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PolicyException(String file, List<String> faults) {
    super(file + " is no earn policy:\n  " + String.join("\n  ", faults));
  }
}
