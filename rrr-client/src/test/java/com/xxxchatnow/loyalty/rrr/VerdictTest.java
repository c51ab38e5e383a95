package com.xxxchatnow.loyalty.rrr;

import static com.xxxchatnow.loyalty.rrr.api.Refusal.KEY_REUSED;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.QUOTE_EXPIRED;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.REFUSED_CONFLICT;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.REFUSED_NOT_FOUND;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.REFUSED_OTHER;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.REFUSED_VALIDATION;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.UNAUTHORIZED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.Committed;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract's table of answers. */
class VerdictTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final Operations OPERATIONS =
      new Operations(RrrClientConfig.of(URI.create("https://rrr.example"), "xcn", "s"));
  private final Operation<Earned> earn = OPERATIONS.earn(Samples.PURCHASE, "k");

  @ParameterizedTest
  @CsvSource({
    "403, UNAUTHORIZED, UNAUTHORIZED",
    "404, NOT_FOUND, REFUSED_NOT_FOUND",
    "409, CONFLICT, REFUSED_CONFLICT",
    "409, IDEMPOTENCY_KEY_REUSE_MISMATCH, KEY_REUSED",
    "422, VALIDATION_FAILED, REFUSED_VALIDATION",
    "400, BAD_REQUEST, REFUSED_OTHER",
    "405, NOT_ALLOWED, REFUSED_OTHER",
    "410, GONE, REFUSED_OTHER",
    "451, LEGAL, REFUSED_OTHER"
  })
  void a_definite_refusal_has_the_reason_of_the_catalogue(int status, String code, Refusal why) {
    assertThat(of(earn, status, error(code))).isEqualTo(refused(why, code, status));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 409, 422})
  void a_refusal_without_a_body_is_one_and_a_page_of_a_proxy_is_none(int status) {
    assertThat(of(earn, status, "")).isInstanceOf(Verdict.Refused.class);
    assertThat(of(earn, status, "{}")).isInstanceOf(Verdict.Refused.class);
    assertThat(of(earn, status, "<html>Not here</html>")).isInstanceOf(Verdict.Again.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 302, 304, 408, 500, 501, 502, 503, 504, 599})
  void an_answer_that_decides_nothing_is_repeated(int status) {
    assertThat(of(earn, status, error("INTERNAL_ERROR")))
        .isEqualTo(new Verdict.Again<Earned>("answered " + status, true, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "<html/>",
        "{\"status\":\"ACCEPTED\"}",
        "{\"status\":\"REJECTED\",\"ledger_entry_id\":\"e\"}",
        "{\"status\":\"ACCEPTED\",\"ledger_entry_id\":7}",
        "{\"status\":\"ACCEPTED\",\"ledger_entry_id\":\"e\",\"posted_at\":\"yesterday\"}",
        "{\"status\":\"ACCEPTED\",\"ledger_entry_id\":\"e\"} {}",
        "{\"status\":\"ACCEPTED\",\"ledger_entry_id\":\"e\""
      })
  void a_2xx_without_the_promised_json_is_unknown(String body) {
    assertThat(of(earn, 200, body)).isInstanceOf(Verdict.Again.class);
  }

  @Test
  void a_2xx_with_more_than_promised_is_done() {
    var body = "{\"status\":\"ACCEPTED\",\"ledger_entry_id\":\"e\",\"posted_at\":null,\"new\":1}";
    assertThat(of(earn, 201, body)).isEqualTo(new Verdict.Done<>(new Earned("e", null, null)));
  }

  @Test
  void no_answer_is_unknown_and_401_and_429_are_neither_refused_nor_failed() {
    assertThat(Verdict.of(new Reply.Lost("reset"), earn, NOW))
        .isEqualTo(new Verdict.Again<Earned>("reset", false, null));
    assertThat(of(earn, 401, "")).isInstanceOf(Verdict.Unauthenticated.class);
    assertThat(of(earn, 429, "")).isEqualTo(new Verdict.Throttled<Earned>(null));
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "0|0",
        " 7 |7",
        "Sun, 01 Nov 2026 10:02:00 GMT|120",
        "Sun, 01 Nov 2026 09:00:00 GMT|0",
        "-5|",
        "soon|",
        "99999999999999|",
        "1.5|"
      },
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false)
  void retry_after_is_seconds_or_a_date_and_nonsense_is_none(String header, Integer seconds) {
    var reply = new Reply.Answered(429, new byte[0], header);
    var expected = seconds == null ? null : Duration.ofSeconds(seconds);
    assertThat(Verdict.of(reply, earn, NOW)).isEqualTo(new Verdict.Throttled<Earned>(expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 409, 422})
  void a_commit_refused_after_the_quotes_end_or_for_that_reason_is_an_expired_quote(int status) {
    var expired = "{\"error\":{\"code\":\"CONFLICT\",\"details\":{\"reason\":\"QUOTE_EXPIRED\"}}}";
    assertThat(why(of(commit(NOW.minusMillis(1)), status, error("CONFLICT"))))
        .isEqualTo(QUOTE_EXPIRED);
    assertThat(why(of(commit(NOW.plusSeconds(60)), status, expired))).isEqualTo(QUOTE_EXPIRED);
    assertThat(why(of(commit(NOW.plusSeconds(60)), status, error("CONFLICT"))))
        .isIn(REFUSED_NOT_FOUND, REFUSED_CONFLICT, REFUSED_VALIDATION);
  }

  @Test
  void neither_a_reused_key_nor_missing_rights_pass_for_an_expired_quote() {
    var late = commit(NOW.minusSeconds(60));
    assertThat(why(of(late, 409, error("IDEMPOTENCY_KEY_REUSE_MISMATCH")))).isEqualTo(KEY_REUSED);
    assertThat(why(of(late, 403, error("UNAUTHORIZED")))).isEqualTo(UNAUTHORIZED);
    assertThat(why(of(late, 400, error("BAD_REQUEST")))).isEqualTo(REFUSED_OTHER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"status\":\"COMMITTED\"}"})
  void a_commit_is_done_by_any_2xx_that_is_empty_or_json(String body) {
    assertThat(of(commit(NOW), 200, body)).isEqualTo(new Verdict.Done<>(new Committed()));
    assertThat(of(commit(NOW), 200, "<html/>")).isInstanceOf(Verdict.Again.class);
  }

  private static Operation<Committed> commit(Instant quoteExpiresAt) {
    return OPERATIONS.commit(new CommitRequest("q", "o", "u", "m", quoteExpiresAt), "k");
  }

  private static <T> Verdict<T> of(Operation<T> operation, int status, String body) {
    return Verdict.of(new Reply.Answered(status, body.getBytes(UTF_8), null), operation, NOW);
  }

  private static Refusal why(Verdict<?> verdict) {
    return ((Verdict.Refused<?>) verdict).why();
  }

  private static String error(String code) {
    return "{\"error\":{\"code\":\""
        + code
        + "\",\"message\":\"because\",\"details\":{\"field\":\"points\"}}}";
  }

  private static Verdict<Earned> refused(Refusal why, String code, int status) {
    return new Verdict.Refused<>(why, code, status + " field=points");
  }
}
