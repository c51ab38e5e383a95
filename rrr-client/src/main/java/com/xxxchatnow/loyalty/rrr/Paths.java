package com.xxxchatnow.loyalty.rrr;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;

/** Ids are opaque: in a path or a query every character of theirs is only that. */
final class Paths {
  private Paths() {}

  static String encoded(String id) {
    var encoded = URLEncoder.encode(id, UTF_8).replace("+", "%20").replace("*", "%2A");
    return encoded.replace(".", "%2E");
  }
}
