package com.xxxchatnow.loyalty.simulator;

import static com.xxxchatnow.loyalty.simulator.Caller.purchase;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.faults.RatePerSecond;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransportIT {
  private final Simulator rrr =
      Simulator.start(
          SimulatorConfig.defaults()
              .withRateLimit(1, 20)
              .withRetryAfter(Duration.ofSeconds(2))
              .withFurtherClients(Map.of("second", "second-secret"))
              .withTokenLifetime(Duration.ofMinutes(10)));
  private final Caller xcn = new Caller(rrr);

  @AfterEach
  void stop() {
    xcn.close();
    rrr.close();
  }

  @Test
  void a_token_has_a_lifetime_in_seconds() {
    var token = xcn.token().body();
    assertThat(token.path("token_type").asText()).isEqualTo("Bearer");
    assertThat(token.path("expires_in").asLong()).isEqualTo(600);
  }

  @Test
  void only_the_right_client_gets_a_token() {
    for (var client : List.of("xcn", "other"))
      for (var secret : List.of("wrong", "second-secret")) {
        var refused = xcn.token("client_credentials", client, secret);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.body().path("error").asText()).isEqualTo("invalid_client");
      }
    var password = xcn.token("password", "xcn", "simulator-secret");
    assertThat(password.status()).isEqualTo(400);
    assertThat(password.body().path("error").asText()).isEqualTo("unsupported_grant_type");
    var empty = xcn.post("/oauth/token", null, "{}");
    assertThat(empty.status()).isEqualTo(400);
    assertThat(empty.body().path("error").asText()).isEqualTo("invalid_request");
  }

  @Test
  void each_client_has_keys_and_tokens_of_its_own() {
    xcn.with("X-Client-Id", "second");
    assertThat(xcn.earn("k", purchase("ada", "o", 1)).status()).isEqualTo(403);
    xcn.with("X-Client-Id", "xcn");
    assertThat(xcn.earn("k", purchase("ada", "o", 1)).status()).isEqualTo(200);
    var token = xcn.token("client_credentials", "second", "second-secret").body();
    xcn.with("X-Client-Id", "second");
    xcn.with("Authorization", "Bearer " + token.path("access_token").asText());
    assertThat(xcn.earn("k", purchase("ada", "o", 2)).status()).isEqualTo(200);
    assertThat(rrr.ledger("k")).extracting(LedgerEntry::clientId).containsExactly("xcn", "second");
  }

  @Test
  void a_token_that_is_missing_unknown_or_expired_is_401() {
    assertThat(status()).isEqualTo(200);
    rrr.advance(Duration.ofMinutes(10));
    assertThat(status()).isEqualTo(401);
    xcn.with("Authorization", "Bearer nonsense");
    assertThat(status()).isEqualTo(401);
    xcn.with("Authorization", null);
    var refused = xcn.get("/v1/links/status?client_user_id=ada");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.code()).isEqualTo("UNAUTHENTICATED");
  }

  @ParameterizedTest
  @CsvSource({
    "X-Client-Id, , 422",
    "X-Client-Id, other, 403",
    "X-Request-Trace, , 422",
    "X-Request-Trace, 12, 422",
    "Content-Type, , 422",
    "Content-Type, text/plain, 422",
  })
  void every_call_needs_the_agreed_headers(String header, String value, int status) {
    xcn.with(header, value);
    var read = xcn.get("/v1/links/status?client_user_id=ada");
    var mutation = xcn.earn("k", purchase("ada", "o1", 25));

    assertThat(read.status()).isEqualTo(status);
    assertThat(mutation.status()).isEqualTo(status);
    assertThat(rrr.ledger()).isEmpty();
  }

  @Test
  void a_mutation_needs_a_key() {
    var refused = xcn.earn(null, purchase("ada", "o1", 25));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.detail("field")).isEqualTo("Idempotency-Key");
    assertThat(xcn.earn("k".repeat(256), purchase("ada", "o1", 25)).status()).isEqualTo(422);
  }

  @Test
  void other_paths_and_methods_do_not_exist() {
    assertThat(xcn.get("/v1/nothing").status()).isEqualTo(404);
    assertThat(xcn.get("/v1/points/earn").status()).isEqualTo(405);
    assertThat(xcn.post("/v1/links/status?client_user_id=ada", "k", "{}").status()).isEqualTo(405);
    assertThat(xcn.admin("PUT", "/v1/points/earn", purchase("ada", "o1", 1)).status())
        .isEqualTo(405);
    assertThat(xcn.get("/oauth/token").status()).isEqualTo(405);
  }

  @Test
  void above_the_rate_limit_it_is_429_with_retry_after_and_nothing_is_booked() {
    var answers =
        IntStream.range(0, 40).mapToObj(n -> xcn.earn("k" + n, purchase("ada", "o", 1))).toList();

    var limited = answers.stream().filter(answer -> answer.status() == 429).toList();
    assertThat(limited).hasSizeBetween(10, 20);
    assertThat(limited)
        .allSatisfy(answer -> {
          assertThat(answer.code()).isEqualTo("RATE_LIMITED");
          assertThat(answer.raw().headers().firstValue("Retry-After")).hasValue("2");
        });
    assertThat(rrr.ledger()).hasSize(40 - limited.size());
    assertThat(rrr.ratePerSecond().stream().mapToInt(RatePerSecond::limited).sum())
        .isEqualTo(limited.size());
    assertThat(rrr.ratePerSecond().stream().mapToInt(RatePerSecond::calls).sum()).isEqualTo(41);
  }

  @Test
  void a_limited_call_is_forgotten_and_may_come_again_under_its_key() {
    rrr.rateLimit(1, 0);
    assertThat(xcn.earn("k", purchase("ada", "o", 1)).status()).isEqualTo(429);
    rrr.rateLimit(0, 0);
    assertThat(xcn.earn("k", purchase("ada", "o", 1)).status()).isEqualTo(200);
  }

  private int status() {
    return xcn.get("/v1/links/status?client_user_id=ada").status();
  }
}
