package com.xxxchatnow.loyalty.rrr;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.rrr.api.LinkConfirmRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkIntent;
import com.xxxchatnow.loyalty.rrr.api.LinkIntentRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkType;
import com.xxxchatnow.loyalty.rrr.api.Quote;
import com.xxxchatnow.loyalty.rrr.api.QuoteRequest;
import com.xxxchatnow.loyalty.rrr.api.ReverseRequest;
import com.xxxchatnow.loyalty.rrr.api.Wallet;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The exact bytes: a repeated call must send the same ones, in this release and in the next. */
class OperationsTest {
  private static final Instant AT = Instant.parse("2026-11-01T10:00:00Z");
  private static final RrrClientConfig CONFIG =
      RrrClientConfig.of(URI.create("https://rrr.example"), "xcn", "s");
  private final Operations operations = new Operations(CONFIG);
  private final EarnOperations earns = new EarnOperations(CONFIG);

  @Test
  void earn() {
    var earn = earns.earn(Samples.PURCHASE, "k");
    assertThat(earn.path()).isEqualTo("/v1/points/earn");
    assertThat(body(earn))
        .isEqualTo(
            "{\"client_user_id\":\"user-1\",\"rrr_member_id\":\"member-1\","
                + "\"source\":{\"event_type\":\"TOKEN_PURCHASE\",\"order_id\":\"order-1\","
                + "\"line_id\":\"1\"},\"currency\":\"USD\",\"amount_minor\":1000,\"points\":10,"
                + "\"policy\":{\"posting_mode\":\"POSTED\"},\"metadata\":{\"a\":\"1\",\"b\":\"2\"}}");
  }

  @Test
  void the_order_of_metadata_does_not_change_the_bytes() {
    var one = new LinkedHashMap<>(Map.of("z", "1"));
    one.put("a", "2");
    var two = new LinkedHashMap<>(Map.of("a", "2"));
    two.put("z", "1");
    assertThat(body(earns.earn(with(one), "k"))).isEqualTo(body(earns.earn(with(two), "k")));
  }

  @Test
  void earn_batch() {
    var batch = earns.earnBatch(List.of(new EarnItem(Samples.PURCHASE, "k-1")), 1);
    assertThat(batch.path()).isEqualTo("/v1/points/earn/batch");
    var single = body(earns.earn(Samples.PURCHASE, "k-1"));
    assertThat(body(batch))
        .isEqualTo(
            "{\"items\":["
                + single.substring(0, single.length() - 1)
                + ",\"source_ref\":\"k-1\"}]}");
    var item = new EarnItem(Samples.PURCHASE, "k");
    assertThatThrownBy(() -> earns.earnBatch(List.of(item, item), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> earns.earnBatch(List.of(), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void quote() {
    var items = List.of(new QuoteRequest.Item("sku-1", 2, 500));
    var exact = new QuoteRequest("u", "m", "USD", 1000, items, QuoteRequest.Mode.EXACT, 300L);
    var quote = operations.quote(exact, "k");
    assertThat(quote.path()).isEqualTo("/v1/redemptions/quote");
    assertThat(body(quote))
        .isEqualTo(
            "{\"client_user_id\":\"u\",\"rrr_member_id\":\"m\",\"cart\":{\"currency\":\"USD\","
                + "\"total_minor\":1000,\"items\":[{\"sku\":\"sku-1\",\"qty\":2,\"minor\":500}]},"
                + "\"requested\":{\"mode\":\"EXACT\",\"points\":300}}");
  }

  @Test
  void a_quote_is_read_as_agreed() throws Json.Broken {
    var quote =
        operations.quote(
            new QuoteRequest("u", "m", "USD", 1, List.of(), QuoteRequest.Mode.MAX, null), "k");
    var eligible =
        """
        {"eligible":true,"min_points":100,"max_points":900,"quote":{"points_to_burn":500,
        "discount_minor":1000},"quote_id":"q","expires_at":"2026-11-01T06:00:00-04:00"}\
        """;
    assertThat(quote.answer().read(eligible.getBytes(UTF_8)))
        .isEqualTo(new Quote(true, 100L, 900L, 500L, 1000L, "q", AT));
    assertThat(quote.answer().read("{\"eligible\":false}".getBytes(UTF_8)).eligible()).isFalse();
    // Eligible, and no price: nothing that could be shown to a person.
    assertThatThrownBy(() -> quote.answer().read("{\"eligible\":true}".getBytes(UTF_8)))
        .isInstanceOf(Json.Broken.class);
  }

  @Test
  void commit_and_reverse() {
    var commit = operations.commit(new CommitRequest("q", "o", "u", "m", AT), "k");
    assertThat(commit.path()).isEqualTo("/v1/redemptions/commit");
    assertThat(body(commit))
        .isEqualTo(
            "{\"quote_id\":\"q\",\"client_order_id\":\"o\",\"client_user_id\":\"u\","
                + "\"rrr_member_id\":\"m\"}");
    var reverse =
        operations.reverse(new ReverseRequest("o", ReverseRequest.Reason.FRAUD_BLOCKED), "k");
    assertThat(reverse.path()).isEqualTo("/v1/redemptions/reverse");
    assertThat(body(reverse)).isEqualTo("{\"client_order_id\":\"o\",\"reason\":\"FRAUD_BLOCKED\"}");
  }

  @Test
  void links() throws Json.Broken {
    var intent = operations.linkIntent(new LinkIntentRequest("u", LinkType.MEMBER), "k");
    assertThat(intent.path()).isEqualTo("/v1/links/intents");
    assertThat(body(intent)).isEqualTo("{\"client_user_id\":\"u\",\"link_type\":\"MEMBER\"}");
    var answer =
        "{\"intent_id\":\"i\",\"expires_at\":\"2026-11-01T10:00:00Z\",\"rrr_link_code\":\"c\"}";
    assertThat(intent.answer().read(answer.getBytes(UTF_8)))
        .isEqualTo(new LinkIntent("i", AT, "c"));
    var confirm =
        operations.linkConfirm(
            new LinkConfirmRequest("i", "m", "u", LinkConfirmRequest.Method.EMAIL_OTP, "123"), "k");
    assertThat(confirm.path()).isEqualTo("/v1/links/confirm");
    assertThat(body(confirm))
        .isEqualTo(
            "{\"intent_id\":\"i\",\"rrr_member_id\":\"m\",\"client_user_id\":\"u\","
                + "\"proof\":{\"method\":\"EMAIL_OTP\",\"assertion\":\"123\"}}");
  }

  @Test
  void wallet() throws Json.Broken {
    var wallet = operations.wallet("../../m 1?");
    assertThat(wallet.path()).isEqualTo("/v1/members/%2E%2E%2F%2E%2E%2Fm%201%3F/wallet");
    var answer =
        """
        {"member_id":"m","available_points":10,"escrow_points":0,
        "expiring_soon":[{"points":3,"expires_at":"2026-11-01T10:00:00Z"}],
        "as_of":"2026-11-01T10:00:00Z"}\
        """;
    assertThat(wallet.answer().read(answer.getBytes(UTF_8)))
        .isEqualTo(new Wallet("m", 10, 0, null, List.of(new Wallet.Expiring(3, AT)), AT));
  }

  @Test
  void ledger() throws Json.Broken {
    var ledger = operations.ledger("m", AT, AT.plusSeconds(1), LedgerEntry.Type.EARN);
    assertThat(ledger.path())
        .isEqualTo(
            "/v1/members/m/ledger?from=2026-11-01T10%3A00%3A00Z&to=2026-11-01T10%3A00%3A01Z"
                + "&type=EARN");
    var answer =
        """
        [{"entry_id":"e","member_id":"m","client_id":"xcn","type":"NEW_KIND","points_delta":-5,
        "balance_after":0,"reason_code":"R","source_ref":"s","created_at":"2026-11-01T10:00:00Z",
        "actor":{"actor_type":"SYSTEM","actor_id":"a"}}]\
        """;
    assertThat(ledger.answer().read(answer.getBytes(UTF_8)))
        .containsExactly(
            new LedgerEntry(
                "e",
                "m",
                "xcn",
                LedgerEntry.Type.UNKNOWN,
                -5,
                0,
                "R",
                "s",
                AT,
                null,
                "SYSTEM",
                "a"));
    assertThatThrownBy(() -> ledger.answer().read("{}".getBytes(UTF_8)))
        .isInstanceOf(Json.Broken.class);
  }

  @Test
  void a_mutation_without_a_key_is_a_bug_of_the_caller() {
    assertThatThrownBy(() -> earns.earn(Samples.PURCHASE, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("idempotency key");
  }

  private static EarnRequest with(Map<String, String> metadata) {
    var p = Samples.PURCHASE;
    return new EarnRequest(
        p.clientUserId(),
        p.memberId(),
        p.source(),
        p.orderId(),
        p.lineId(),
        p.currency(),
        p.amountMinor(),
        p.points(),
        p.postingMode(),
        p.expiresAt(),
        metadata);
  }

  private static String body(Operation<?> operation) {
    return new String(operation.body(), UTF_8);
  }
}
