package com.xxxchatnow.loyalty.simulator.faults;

import java.time.Duration;
import java.util.List;

/** What can go wrong with a call, on demand. "Applies" = the ledger changes as if all went well. */
public sealed interface Fault {

  /**
   * RRR itself gives this status with its error object and applies nothing.
   *
   * @param words what the error object contains as its message and all its details; null: the usual
   */
  record Status(int status, Duration retryAfter, String words) implements Fault {
    public Status(int status) {
      this(status, null);
    }

    public Status(int status, Duration retryAfter) {
      this(status, retryAfter, null);
    }
  }

  /**
   * Somebody in between answers in RRR's place: a gateway, a proxy, a login page.
   *
   * @param contentType null: without this header
   * @param applies whether RRR got the call and applied it
   */
  record Stranger(int status, String contentType, String body, boolean applies) implements Fault {
    private static final String JSON = "application/json";
    private static final String HTML = "text/html";

    public static final Stranger GATEWAY_404 =
        new Stranger(404, JSON, "{\"message\":\"no Route matched with those values\"}", false);
    public static final Stranger GATEWAY_403 =
        new Stranger(403, JSON, "{\"message\":\"Forbidden\"}", false);
    public static final Stranger ERROR_TEXT_404 =
        new Stranger(404, JSON, "{\"error\":\"Not Found\"}", false);
    public static final Stranger NUMERIC_CODE_404 =
        new Stranger(
            404,
            JSON,
            "{\"error\":{\"code\":404,\"message\":\"Not found\",\"status\":\"NOT_FOUND\"}}",
            false);
    public static final Stranger EMPTY_404 = new Stranger(404, null, "", false);
    public static final Stranger HTML_502 =
        new Stranger(502, HTML, "<html><body><h1>502 Bad Gateway</h1></body></html>", false);
    public static final Stranger LOGIN_200 =
        new Stranger(200, HTML, "<html><body><form action=\"/login\"></form></body></html>", false);

    /** One of each kind that has been seen in front of such APIs. */
    public static final List<Stranger> ALL =
        List.of(
            GATEWAY_404,
            GATEWAY_403,
            ERROR_TEXT_404,
            NUMERIC_CODE_404,
            EMPTY_404,
            HTML_502,
            LOGIN_200);
  }

  /** Waits, then goes on as usual: the call is applied late, maybe after its caller gave up. */
  record Delay(Duration pause) implements Fault {}

  /** Applies at once and answers late. */
  record ApplyThenDelay(Duration pause) implements Fault {}

  /** Takes the call and never answers, until the caller hangs up. */
  record Silence(boolean applies) implements Fault {}

  /** Closes the connection and applies nothing. */
  record DropBefore() implements Fault {}

  /** Applies, then closes the connection without an answer: the fault that matters most. */
  record ApplyThenDrop() implements Fault {}

  /** Applies, sends half of the answer's body and closes the connection. */
  record CutAnswer() implements Fault {}

  /** Applies and sends the answer byte by byte. */
  record SlowDrip(Duration betweenBytes) implements Fault {}

  /** Answers 200 with a page of HTML, as a proxy in between would. */
  record Html200(boolean applies) implements Fault {}

  /** Applies a batch, and leaves the result of the item with this {@code source_ref} out. */
  record ItemLeftOut(String sourceRef) implements Fault {}

  /**
   * Applies a batch except for the item with this {@code source_ref}, which is REJECTED with this
   * code; the batch's answer is remembered, the item is not.
   */
  record ItemRejected(String sourceRef, String code) implements Fault {}

  /** Forgets every token, then goes on as usual: 401, and only a fresh token helps. */
  record ExpireToken() implements Fault {}

  /** Answers 429 to calls above this rate. */
  record Throttle(int perSecond, Duration retryAfter) implements Fault {}

  /**
   * RRR is unavailable, its token endpoint too: 503, or with {@code closes} a closed connection.
   */
  record Outage(boolean closes) implements Fault {}

  default String kind() {
    return switch (this) {
      case Status _ -> "status";
      case Stranger _ -> "stranger";
      case Delay _ -> "delay";
      case ApplyThenDelay _ -> "apply_then_delay";
      case Silence _ -> "silence";
      case DropBefore _ -> "drop_before";
      case ApplyThenDrop _ -> "apply_then_drop";
      case CutAnswer _ -> "cut_answer";
      case SlowDrip _ -> "slow_drip";
      case Html200 _ -> "html_200";
      case ItemLeftOut _ -> "item_left_out";
      case ItemRejected _ -> "item_rejected";
      case ExpireToken _ -> "expire_token";
      case Throttle _ -> "throttle";
      case Outage _ -> "outage";
    };
  }
}
