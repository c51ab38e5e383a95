package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.Committed;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.rrr.api.LinkConfirmRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkConfirmed;
import com.xxxchatnow.loyalty.rrr.api.LinkIntent;
import com.xxxchatnow.loyalty.rrr.api.LinkIntentRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.LinkType;
import com.xxxchatnow.loyalty.rrr.api.Quote;
import com.xxxchatnow.loyalty.rrr.api.QuoteRequest;
import com.xxxchatnow.loyalty.rrr.api.ReverseRequest;
import com.xxxchatnow.loyalty.rrr.api.Reversed;
import com.xxxchatnow.loyalty.rrr.api.Wallet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls about links, members and redemptions as JSON: what is sent, and what a 2xx promises
 * (docs/rrr-contract.md). Earns are in {@link EarnOperations}.
 */
final class Operations {
  private final RrrClientConfig config;

  Operations(RrrClientConfig config) {
    this.config = config;
  }

  Operation<LinkIntent> linkIntent(LinkIntentRequest r, String key) {
    var body = Json.object().put("client_user_id", r.clientUserId());
    body.put("link_type", r.linkType().name());
    return post(
        "link_intent",
        "/v1/links/intents",
        body,
        key,
        Operation.json(json ->
            new LinkIntent(
                Json.text(json, "intent_id"),
                Json.time(json, "expires_at"),
                Json.text(json, "rrr_link_code"))));
  }

  Operation<LinkConfirmed> linkConfirm(LinkConfirmRequest r, String key) {
    var body = Json.object().put("intent_id", r.intentId()).put("rrr_member_id", r.memberId());
    body.put("client_user_id", r.clientUserId());
    body.putObject("proof").put("method", r.method().name()).put("assertion", r.assertion());
    return post(
        "link_confirm", "/v1/links/confirm", body, key, Operation.justDone(new LinkConfirmed()));
  }

  Operation<LinkStatus> linkStatus(String clientUserId) {
    return Operation.get(
        "link_status",
        "/v1/links/status?client_user_id=" + Paths.encoded(clientUserId),
        config.maxBody(),
        Operations::linkStatus);
  }

  private static LinkStatus linkStatus(JsonNode json) throws Json.Broken {
    if (!Json.flag(json, "linked")) return new LinkStatus(false, null, null, null);
    return new LinkStatus(
        true,
        Json.text(json, "rrr_member_id"),
        Json.oneOf(LinkType.class, Json.optionalText(json, "link_type"), LinkType.UNKNOWN),
        Json.optionalTime(json, "linked_at"));
  }

  Operation<Wallet> wallet(String memberId) {
    return Operation.get(
        "wallet",
        "/v1/members/" + Paths.encoded(memberId) + "/wallet",
        config.maxBody(),
        Operations::wallet);
  }

  private static Wallet wallet(JsonNode json) throws Json.Broken {
    var expiring = new ArrayList<Wallet.Expiring>();
    for (var part : json.path("expiring_soon"))
      expiring.add(new Wallet.Expiring(Json.number(part, "points"), Json.time(part, "expires_at")));
    return new Wallet(
        Json.text(json, "member_id"),
        Json.number(json, "available_points"),
        Json.number(json, "escrow_points"),
        Json.optionalNumber(json, "pending_points"),
        List.copyOf(expiring),
        Json.time(json, "as_of"));
  }

  Operation<List<LedgerEntry>> ledger(
      String memberId, Instant from, Instant to, LedgerEntry.Type type) {
    var path = "/v1/members/" + Paths.encoded(memberId) + "/ledger";
    var query = "?from=" + Paths.encoded(from.toString()) + "&to=" + Paths.encoded(to.toString());
    return Operation.get(
        "ledger",
        path + query + (type == null ? "" : "&type=" + type.name()),
        config.maxLedger(),
        Operations::ledger);
  }

  private static List<LedgerEntry> ledger(JsonNode json) throws Json.Broken {
    if (!json.isArray()) throw new Json.Broken("not an array");
    var entries = new ArrayList<LedgerEntry>(json.size());
    for (var entry : json) entries.add(ledgerEntry(entry));
    return List.copyOf(entries);
  }

  private static LedgerEntry ledgerEntry(JsonNode json) throws Json.Broken {
    return new LedgerEntry(
        Json.text(json, "entry_id"),
        Json.text(json, "member_id"),
        Json.optionalText(json, "client_id"),
        Json.oneOf(LedgerEntry.Type.class, Json.text(json, "type"), LedgerEntry.Type.UNKNOWN),
        Json.number(json, "points_delta"),
        Json.number(json, "balance_after"),
        Json.optionalText(json, "reason_code"),
        Json.optionalText(json, "source_ref"),
        Json.time(json, "created_at"),
        Json.optionalTime(json, "posted_at"),
        Json.optionalText(json.path("actor"), "actor_type"),
        Json.optionalText(json.path("actor"), "actor_id"));
  }

  Operation<Quote> quote(QuoteRequest r, String key) {
    var body = Json.object().put("client_user_id", r.clientUserId());
    body.put("rrr_member_id", r.memberId());
    var cart = body.putObject("cart").put("currency", r.currency());
    cart.put("total_minor", r.totalMinor());
    var items = cart.putArray("items");
    for (var item : r.items())
      items.addObject().put("sku", item.sku()).put("qty", item.qty()).put("minor", item.minor());
    var requested = body.putObject("requested").put("mode", r.mode().name());
    if (r.points() != null) requested.put("points", r.points());
    return post("quote", "/v1/redemptions/quote", body, key, Operation.json(Operations::quoted));
  }

  private static Quote quoted(JsonNode json) throws Json.Broken {
    var eligible = Json.flag(json, "eligible");
    var quote = json.path("quote");
    if (eligible) {
      Json.number(quote, "points_to_burn");
      Json.number(quote, "discount_minor");
      Json.text(json, "quote_id");
      Json.time(json, "expires_at");
    }
    return new Quote(
        eligible,
        Json.optionalNumber(json, "min_points"),
        Json.optionalNumber(json, "max_points"),
        Json.optionalNumber(quote, "points_to_burn"),
        Json.optionalNumber(quote, "discount_minor"),
        Json.optionalText(json, "quote_id"),
        Json.optionalTime(json, "expires_at"));
  }

  Operation<Committed> commit(CommitRequest r, String key) {
    var body = Json.object().put("quote_id", r.quoteId());
    body.put("client_order_id", r.clientOrderId()).put("client_user_id", r.clientUserId());
    body.put("rrr_member_id", r.memberId());
    return post("commit", "/v1/redemptions/commit", body, key, Operation.justDone(new Committed()))
        .withQuote(r.quoteExpiresAt());
  }

  Operation<Reversed> reverse(ReverseRequest r, String key) {
    var body = Json.object().put("client_order_id", r.clientOrderId());
    body.put("reason", r.reason().name());
    return post(
        "reverse", "/v1/redemptions/reverse", body, key, Operation.justDone(new Reversed()));
  }

  private <T> Operation<T> post(
      String name, String path, ObjectNode body, String key, Operation.ResponseReader<T> answer) {
    return Operation.post(name, path, body, key, config, answer);
  }
}
