package com.xxxchatnow.loyalty.rrr;

import java.util.Locale;

/** What came of one attempt; no answer is a value, not an exception. */
sealed interface Reply {

  /**
   * @param contentType the header as it came, or null
   * @param retryAfter the header as it came, or null
   */
  record Answered(int status, byte[] body, String contentType, String retryAfter) implements Reply {
    private static final String MEDIA_TYPE = "[a-z]{1,20}/[a-z0-9.+-]{1,60}";

    /** Status and media type for an operator, such as {@code answered 404 (text/html)}. */
    String summary() {
      return "answered %d (%s)".formatted(status, mediaType());
    }

    /** The content type without its parameters; what does not look like one is not passed on. */
    String mediaType() {
      if (contentType == null) return "no content type";
      var type = contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
      return type.matches(MEDIA_TYPE) ? type : "unreadable content type";
    }
  }

  /**
   * No whole answer: RRR may have done it or not.
   *
   * @param how for an operator, without ids
   */
  record Lost(String how) implements Reply {}
}
