package com.xxxchatnow.loyalty.webhook.edge;

import java.util.List;
import java.util.Map;

/** A delivery of which nothing is known yet. The only way to its body is {@link #verify}. */
public final class Unverified {
  private final String method;
  private final String target;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  /**
   * @param target path with query as the server saw it
   * @param headers all values of each header by its name in lower case
   * @param body the raw bytes; not to be changed any more
   */
  Unverified(String method, String target, Map<String, List<String>> headers, byte[] body) {
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.body = body;
  }

  Verdict verify(Verifier verifier) {
    return verifier
        .objection(method, target, headers, body)
        .<Verdict>map(Rejected::new)
        .orElseGet(() -> new Verified(headers, body));
  }

  sealed interface Verdict {}

  record Rejected(Objection why) implements Verdict {}

  /** A delivery that RRR signed: made here and nowhere else. */
  static final class Verified implements Verdict {
    private final Map<String, List<String>> headers;
    private final byte[] body;

    private Verified(Map<String, List<String>> headers, byte[] body) {
      this.headers = headers;
      this.body = body;
    }

    Map<String, List<String>> headers() {
      return headers;
    }

    byte[] body() {
      return body;
    }
  }

  /** Why a delivery is refused; for the metric only, never for its sender. */
  public enum Objection {
    NO_SIGNATURE,
    MALFORMED,
    WRONG_SIGNATURE,
    STALE
  }
}
