package com.xxxchatnow.loyalty.webhook.edge;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** What both fuzz targets need. */
final class FuzzCheck {
  private FuzzCheck() {}

  /** A finding, when it does not hold. */
  static void check(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
