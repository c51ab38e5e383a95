package com.xxxchatnow.loyalty.simulator.api;

import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Fields;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** OAuth 2.0 client credentials with a JSON body, contract "Transport". */
public final class Tokens {
  private final SimulatorConfig config;
  private final Ids ids;
  private final Clock clock;
  private final Map<String, Instant> expiries = new ConcurrentHashMap<>();

  public Tokens(SimulatorConfig config, Ids ids, Clock clock) {
    this.config = config;
    this.ids = ids;
    this.clock = clock;
  }

  Answer issue(Fields body) {
    body.only("grant_type", "client_id", "client_secret");
    if (!body.text("grant_type").equals("client_credentials"))
      throw Refusal.invalid("grant_type", "only client_credentials");
    if (!body.text("client_id").equals(config.clientId)
        || !body.text("client_secret").equals(config.clientSecret))
      throw Refusal.unauthenticated("unknown client or wrong secret");
    var token = ids.next("token");
    expiries.put(token, clock.instant().plus(config.tokenLifetime));
    return Answer.ok(
        Json.object()
            .put("access_token", token)
            .put("token_type", "Bearer")
            .put("expires_in", config.tokenLifetime.toSeconds()));
  }

  /** Refuses what is not {@code Bearer} and a token that is known and has not expired. */
  void check(String authorization) {
    if (authorization == null || !authorization.startsWith("Bearer "))
      throw Refusal.unauthenticated("no bearer token");
    var expiry = expiries.get(authorization.substring("Bearer ".length()));
    if (expiry == null) throw Refusal.unauthenticated("unknown token");
    if (!clock.instant().isBefore(expiry)) throw Refusal.unauthenticated("the token has expired");
  }

  public void forgetAll() {
    expiries.clear();
  }
}
