package com.xxxchatnow.loyalty.simulator.api;

import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import com.xxxchatnow.loyalty.simulator.http.Request;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * OAuth 2.0 client credentials with a JSON body (docs/rrr-contract.md#oauth). What is refused here
 * is refused in OAuth's own form (RFC 6749, 5.2), not with RRR's error object.
 */
public final class Tokens {
  private final SimulatorConfig config;
  private final Ids ids;
  private final Clock clock;
  private final Map<String, String> secrets = new HashMap<>();
  private final Map<String, Issued> issued = new ConcurrentHashMap<>();

  private record Issued(String client, Instant expiresAt) {}

  public Tokens(SimulatorConfig config, Ids ids, Clock clock) {
    this.config = config;
    this.ids = ids;
    this.clock = clock;
    secrets.putAll(config.furtherClients);
    secrets.put(config.clientId, config.clientSecret);
  }

  Answer issue(Request request) {
    try {
      var body = request.fields();
      body.only("grant_type", "client_id", "client_secret");
      var client = body.text("client_id");
      if (!body.text("grant_type").equals("client_credentials"))
        return refused(400, "unsupported_grant_type", "only client_credentials");
      if (!body.text("client_secret").equals(secrets.get(client)))
        return refused(401, "invalid_client", "unknown client or wrong secret");
      return granted(client);
    } catch (Refusal wrong) {
      return refused(400, "invalid_request", wrong.getMessage());
    }
  }

  private Answer granted(String client) {
    var token = ids.next("token");
    issued.put(token, new Issued(client, clock.instant().plus(config.tokenLifetime)));
    return Answer.ok(
        Json.object()
            .put("access_token", token)
            .put("token_type", "Bearer")
            .put("expires_in", config.tokenLifetime.toSeconds()));
  }

  private static Answer refused(int status, String error, String description) {
    return Answer.of(
        status, Json.object().put("error", error).put("error_description", description));
  }

  /** The client a bearer token was issued to; refuses a token that is unknown or has expired. */
  String clientOf(String authorization) {
    if (authorization == null || !authorization.startsWith("Bearer "))
      throw Refusal.unauthenticated("no bearer token");
    var token = issued.get(authorization.substring("Bearer ".length()));
    if (token == null) throw Refusal.unauthenticated("unknown token");
    if (!clock.instant().isBefore(token.expiresAt()))
      throw Refusal.unauthenticated("the token has expired");
    return token.client();
  }

  public void forgetAll() {
    issued.clear();
  }
}
