package com.xxxchatnow.loyalty.rrr;

import java.util.Comparator;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes a text of RRR fit for dead letters and logs: RRR may echo what it was sent, so the ids of
 * the request and everything that looks like an address, an id, a number or a token is starred.
 */
final class Detail {
  private static final int LONGEST = 300;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\s]+");
  private static final Pattern ADDRESS = Pattern.compile("[^\\s<>\"'(),;]+@[^\\s<>\"'(),;]+");
  private static final Pattern NUMBER = Pattern.compile("\\+?\\d[\\d ().-]{5,}\\d");
  // Any word of 16 or more letters and digits that has a digit: UUIDs, hashes, tokens, JWTs.
  private static final Pattern ID =
      Pattern.compile("(?=[A-Za-z_.-]*\\d)[A-Za-z0-9_-][A-Za-z0-9_.=/+-]{15,}");

  private Detail() {}

  static String of(String text, Set<String> personal) {
    if (text == null) return "";
    var clean = text.length() > 4 * LONGEST ? text.substring(0, 4 * LONGEST) : text;
    var longestFirst = Comparator.comparingInt(String::length).reversed();
    for (var value : personal.stream().filter(p -> !p.isBlank()).sorted(longestFirst).toList())
      clean = clean.replace(value, "***");
    clean = CONTROL.matcher(clean).replaceAll(" ");
    clean = ADDRESS.matcher(clean).replaceAll("***");
    clean = ID.matcher(clean).replaceAll("***");
    clean = NUMBER.matcher(clean).replaceAll("***").strip();
    return clean.length() > LONGEST ? clean.substring(0, LONGEST) : clean;
  }

  /** An error code of RRR; anything that does not look like one is not passed on. */
  static String code(String code, int status) {
    return code != null && code.matches("[A-Z][A-Z0-9_]{1,63}") ? code : "HTTP_" + status;
  }
}
