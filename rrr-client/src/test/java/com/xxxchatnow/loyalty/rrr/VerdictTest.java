package com.xxxchatnow.loyalty.rrr;

import static com.xxxchatnow.loyalty.rrr.api.Refusal.KEY_REUSED;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.QUOTE_EXPIRED;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.REFUSED_OTHER;
import static com.xxxchatnow.loyalty.rrr.api.Refusal.UNAUTHORIZED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.Committed;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of docs/rrr-contract.md#status-codes, and everything beside it. */
class VerdictTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final RrrClientConfig CONFIG =
      RrrClientConfig.of(URI.create("https://rrr.example"), "xcn", "s");
  private static final Operations OPERATIONS = new Operations(CONFIG);
  private final Operation<Earned> earn = new EarnOperations(CONFIG).earn(Samples.PURCHASE, "k");

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
    "451, LEGAL, REFUSED_OTHER",
    "403, SCOPE_MISSING, UNAUTHORIZED",
    "404, MEMBER_UNKNOWN, REFUSED_NOT_FOUND",
    "409, ORDER_COMMITTED, REFUSED_CONFLICT",
    "422, POINTS_TOO_MANY, REFUSED_VALIDATION"
  })
  void a_definite_refusal_has_the_reason_of_the_catalogue(int status, String code, Refusal why) {
    assertThat(of(earn, status, error(code))).isEqualTo(refused(why, code, status));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "null",
        "[]",
        "<html>Not here</html>",
        "no route matched",
        "{'message':'no Route matched with those values'}",
        "{'message':'Forbidden'}",
        "{'error':'Not Found'}",
        "{'timestamp':1,'status':404,'error':'Not Found','path':'/v1/points/earn'}",
        "{'error':{'code':404,'message':'Not Found','status':'NOT_FOUND'}}",
        "{'error':{'message':'Not Found'}}",
        "{'error':{'code':'ResourceNotFound','message':'gone'}}",
        "{'error':{'code':'MEMBER_UNKNOWN','message':{}}}",
        "{'error':{'code':'MEMBER_UNKNOWN','details':'none'}}",
        "{'error':{'code':'INTERNAL_ERROR','message':'upstream'}}",
        "{'error':{'code':'UNAUTHENTICATED','message':'who are you'}}",
        "{'error':{'code':'RATE_LIMITED','message':'slow down'}}"
      })
  void a_4xx_without_rrrs_own_error_object_decides_nothing(String body) {
    for (var status : new int[] {400, 403, 404, 405, 409, 410, 422, 451})
      assertThat(of(earn, status, body.replace('\'', '"')))
          .as("%d %s", status, body)
          .isEqualTo(
              new Verdict.Unrecognized<Earned>(
                  "answered " + status + " (application/json) without RRR's error object"));
  }

  @ParameterizedTest
  @CsvSource({
    "404, CONFLICT",
    "404, UNAUTHORIZED",
    "404, VALIDATION_FAILED",
    "404, IDEMPOTENCY_KEY_REUSE_MISMATCH",
    "409, NOT_FOUND",
    "422, NOT_FOUND",
    "403, NOT_FOUND",
    "400, NOT_FOUND"
  })
  void a_code_that_rrr_lists_for_another_status_decides_nothing(int status, String code) {
    assertThat(of(earn, status, error(code))).isInstanceOf(Verdict.Unrecognized.class);
    assertThat(of(commit(NOW.minusSeconds(60)), status, error(code)))
        .isInstanceOf(Verdict.Unrecognized.class);
  }

  @Test
  void an_unrecognized_answer_is_described_by_status_and_media_type_alone() {
    var page = new Reply.Answered(404, "a@b.ca".getBytes(UTF_8), "Text/HTML; charset=x", null);
    var odd = new Reply.Answered(404, new byte[0], "a@b.ca/x; y", null);
    assertThat(page.summary()).isEqualTo("answered 404 (text/html)");
    assertThat(odd.summary()).isEqualTo("answered 404 (unreadable content type)");
    assertThat(new Reply.Answered(404, new byte[0], null, null).summary())
        .isEqualTo("answered 404 (no content type)");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 500, 501, 502, 503, 504, 599})
  void a_failure_of_rrr_or_something_in_between_is_repeated(int status) {
    for (var body : new String[] {error("INTERNAL_ERROR"), error("NOT_FOUND"), "<html/>", ""})
      assertThat(of(earn, status, body))
          .isEqualTo(new Verdict.Again<Earned>("answered " + status, true, null));
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 300, 302, 304})
  void a_status_that_rrr_does_not_use_is_unrecognized(int status) {
    assertThat(of(earn, status, error("NOT_FOUND"))).isInstanceOf(Verdict.Unrecognized.class);
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
  void a_2xx_without_the_promised_json_is_unrecognized(String body) {
    assertThat(of(earn, 200, body)).isInstanceOf(Verdict.Unrecognized.class);
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
  @CsvSource({
    "404, NOT_FOUND, REFUSED_NOT_FOUND",
    "409, CONFLICT, REFUSED_CONFLICT",
    "422, VALIDATION_FAILED, REFUSED_VALIDATION"
  })
  void a_commit_refused_after_the_quotes_end_or_for_that_reason_is_an_expired_quote(
      int status, String code, Refusal before) {
    var expired =
        "{\"error\":{\"code\":\"%s\",\"details\":{\"reason\":\"QUOTE_EXPIRED\"}}}".formatted(code);
    assertThat(why(of(commit(NOW.minusMillis(1)), status, error(code)))).isEqualTo(QUOTE_EXPIRED);
    assertThat(why(of(commit(NOW.plusSeconds(60)), status, expired))).isEqualTo(QUOTE_EXPIRED);
    assertThat(why(of(commit(NOW.plusSeconds(60)), status, error(code)))).isEqualTo(before);
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
  void a_commit_is_done_by_any_2xx_that_is_empty_or_json_without_an_error(String body) {
    assertThat(of(commit(NOW), 200, body)).isEqualTo(new Verdict.Done<>(new Committed()));
    for (var other : new String[] {"<html/>", "{\"error\":\"Not Found\"}", error("CONFLICT")})
      assertThat(of(commit(NOW), 200, other)).isInstanceOf(Verdict.Unrecognized.class);
  }

  private static Operation<Committed> commit(Instant quoteExpiresAt) {
    return OPERATIONS.commit(new CommitRequest("q", "o", "u", "m", quoteExpiresAt), "k");
  }

  private static <T> Verdict<T> of(Operation<T> operation, int status, String body) {
    return Verdict.of(
        new Reply.Answered(status, body.getBytes(UTF_8), "application/json", null), operation, NOW);
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
