package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * Asks RRR's token endpoint once, and is the only place that reads its answers
 * (docs/rrr-contract.md#oauth).
 */
final class TokenEndpoint {
  private static final String OPERATION = "token";
  private static final int MAX_ANSWER = 64 << 10;
  private static final String TOKEN = "[\\x21-\\x7E]+";

  /** Such as {@code invalid_client} (RFC 6749, 5.2), and what extensions add. */
  private static final String OAUTH_ERROR = "[a-z]{2,30}(_[a-z]{2,30}){1,4}";

  private final RrrClientConfig config;
  private final Transport transport;
  private final Clock clock;
  private final UnrecognizedAnswers unrecognized;
  private final byte[] body;

  /** The result of one request. */
  sealed interface Answer {
    /**
     * @param asked when the lifetime began at the latest
     */
    record Granted(String token, Instant asked, Duration lifetime) implements Answer {}

    /** RRR does not accept the credentials. */
    record Refused(int status) implements Answer {}

    /** Too fast; {@code after} may be null. */
    record Throttled(Duration after) implements Answer {}

    /**
     * Nothing definite.
     *
     * @param how without secrets
     * @param after not again before this, or null
     */
    record Unknown(String how, Duration after) implements Answer {}
  }

  TokenEndpoint(
      RrrClientConfig config, Transport transport, Clock clock, UnrecognizedAnswers unrecognized) {
    this.config = config;
    this.transport = transport;
    this.clock = clock;
    this.unrecognized = unrecognized;
    var json = Json.object().put("grant_type", "client_credentials");
    json.put("client_id", config.clientId()).put("client_secret", config.clientSecret());
    body = Json.bytes(json);
  }

  Answer ask() throws InterruptedException {
    var headers =
        Map.of("X-Client-Id", config.clientId(), "X-Request-Trace", UUID.randomUUID().toString());
    var request = new Request("POST", "/oauth/token", headers, body, MAX_ANSWER);
    var asked = clock.instant();
    return switch (transport.send(request, null, config.limits().attempt().toNanos())) {
      case Reply.Lost(var how) -> new Answer.Unknown(how, null);
      case Reply.Answered answer -> meaning(answer, asked);
    };
  }

  private Answer meaning(Reply.Answered answer, Instant asked) {
    var status = answer.status();
    var after = RetryAfter.parse(answer.retryAfter(), clock.instant());
    if (status >= 200 && status < 300) return granted(answer, asked);
    if (status == 429) return new Answer.Throttled(after);
    if (status >= 500 || status == 408) return new Answer.Unknown("answered " + status, after);
    if (refuses(answer)) return new Answer.Refused(status);
    return unrecognized(answer, " without an error of OAuth or RRR");
  }

  private Answer granted(Reply.Answered answer, Instant asked) {
    try {
      var json = Json.parse(answer.body());
      var token = Json.text(json, "access_token");
      var lifetime = Duration.ofSeconds(Math.clamp(Json.number(json, "expires_in"), 0, 1L << 31));
      if (!token.matches(TOKEN)) throw new Json.Broken("a token that no header can carry");
      return new Answer.Granted(token, asked, lifetime);
    } catch (Json.Broken e) {
      return unrecognized(answer, " without the promised JSON (" + e.getMessage() + ")");
    }
  }

  /** OAuth's own error form, or RRR's error object. */
  private static boolean refuses(Reply.Answered answer) {
    if (answer.status() < 400) return false;
    return oauthError(answer) || ErrorObject.in(answer).isPresent();
  }

  private static boolean oauthError(Reply.Answered answer) {
    try {
      JsonNode error = Json.parse(answer.body()).path("error");
      return error.isTextual() && error.textValue().matches(OAUTH_ERROR);
    } catch (Json.Broken e) {
      return false;
    }
  }

  private Answer unrecognized(Reply.Answered answer, String what) {
    var how = answer.summary() + what;
    unrecognized.saw(OPERATION, answer.status(), how);
    return new Answer.Unknown(how, null);
  }
}
