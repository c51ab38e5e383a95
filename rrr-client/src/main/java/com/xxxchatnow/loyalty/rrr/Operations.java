package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.Committed;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnItemResult;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import com.xxxchatnow.loyalty.rrr.api.LinkConfirmRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkConfirmed;
import com.xxxchatnow.loyalty.rrr.api.LinkIntent;
import com.xxxchatnow.loyalty.rrr.api.LinkIntentRequest;
import com.xxxchatnow.loyalty.rrr.api.LinkStatus;
import com.xxxchatnow.loyalty.rrr.api.LinkType;
import com.xxxchatnow.loyalty.rrr.api.Quote;
import com.xxxchatnow.loyalty.rrr.api.QuoteRequest;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import com.xxxchatnow.loyalty.rrr.api.ReverseRequest;
import com.xxxchatnow.loyalty.rrr.api.Reversed;
import com.xxxchatnow.loyalty.rrr.api.Wallet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/** The calls of the contract as JSON: what is sent, what is promised (contract: Endpoints). */
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
        config.largestBody(),
        Operations::linkStatus);
  }

  private static LinkStatus linkStatus(JsonNode json) throws Json.Broken {
    if (!Json.truth(json, "linked")) return new LinkStatus(false, null, null, null);
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
        config.largestBody(),
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
        config.largestLedger(),
        Operations::ledger);
  }

  private static List<LedgerEntry> ledger(JsonNode json) throws Json.Broken {
    if (!json.isArray()) throw new Json.Broken("no array");
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

  Operation<Earned> earn(EarnRequest r, String key) {
    return post("earn", "/v1/points/earn", earnBody(r), key, Operation.json(Operations::earned));
  }

  private static ObjectNode earnBody(EarnRequest r) {
    var body = Json.object().put("client_user_id", r.clientUserId());
    body.put("rrr_member_id", r.memberId());
    var source = body.putObject("source").put("event_type", r.source().name());
    source.put("order_id", r.orderId()).put("line_id", r.lineId());
    body.put("currency", r.currency()).put("amount_minor", r.amountMinor());
    body.put("points", r.points());
    var policy = body.putObject("policy").put("posting_mode", r.postingMode().name());
    if (r.expiresAt() != null) policy.put("expires_at", r.expiresAt().toString());
    var metadata = body.putObject("metadata");
    r.metadata().forEach(metadata::put);
    return body;
  }

  private static Earned earned(JsonNode json) throws Json.Broken {
    if (!Json.text(json, "status").equals("ACCEPTED")) throw new Json.Broken("not ACCEPTED");
    return new Earned(
        Json.text(json, "ledger_entry_id"),
        Json.optionalTime(json, "posted_at"),
        Json.optionalTime(json, "pending_until"));
  }

  /** Contract, decision "batch". */
  Operation<List<EarnItemResult>> earnBatch(List<EarnItem> items) {
    var keys = items.stream().map(i -> config.keyFormat().format(i.idempotencyKey())).toList();
    if (items.isEmpty() || new HashSet<>(keys).size() < keys.size())
      throw new IllegalArgumentException("a batch has at least one item, each with its own key");
    var body = Json.object();
    var list = body.putArray("items");
    for (var i = 0; i < keys.size(); i++)
      list.add(earnBody(items.get(i).request()).put("source_ref", keys.get(i)));
    return post(
        "earn_batch",
        "/v1/points/earn/batch",
        body,
        config.keyFormat().ofBatch(keys),
        Operation.json(json -> results(json, items, keys)));
  }

  /** One result an item, in the order of the items; anything else is not the promised JSON. */
  private static List<EarnItemResult> results(
      JsonNode json, List<EarnItem> items, List<String> keys) throws Json.Broken {
    if (json.path("results").size() != keys.size()) throw new Json.Broken("other results");
    var byKey = new HashMap<String, JsonNode>();
    for (var result : json.path("results")) byKey.put(Json.text(result, "source_ref"), result);
    var results = new ArrayList<EarnItemResult>(keys.size());
    for (var i = 0; i < keys.size(); i++) {
      var result = byKey.get(keys.get(i));
      if (result == null) throw new Json.Broken("an item without a result");
      results.add(result(result, items.get(i).idempotencyKey()));
    }
    return List.copyOf(results);
  }

  private static EarnItemResult result(JsonNode json, String key) throws Json.Broken {
    if (!Json.text(json, "status").equals("REJECTED"))
      return new EarnItemResult.Accepted(key, earned(json));
    var code = Json.text(json.path("error"), "code");
    var detail = SafeErrorDetail.of(json.path("error"));
    var known = SafeErrorDetail.code(code, 200);
    return switch (code) {
      case "RATE_LIMITED", "INTERNAL_ERROR", "UNAUTHENTICATED" ->
          new EarnItemResult.Undecided(key, known);
      case "VALIDATION_FAILED" -> rejected(key, Refusal.REFUSED_VALIDATION, known, detail);
      case "CONFLICT" -> rejected(key, Refusal.REFUSED_CONFLICT, known, detail);
      case "IDEMPOTENCY_KEY_REUSE_MISMATCH" -> rejected(key, Refusal.KEY_REUSED, known, detail);
      case "NOT_FOUND" -> rejected(key, Refusal.REFUSED_NOT_FOUND, known, detail);
      case "UNAUTHORIZED" -> rejected(key, Refusal.UNAUTHORIZED, known, detail);
      default -> rejected(key, Refusal.REFUSED_OTHER, known, detail);
    };
  }

  private static EarnItemResult rejected(String key, Refusal why, String code, String detail) {
    return new EarnItemResult.Rejected(key, why, code, detail);
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
    var eligible = Json.truth(json, "eligible");
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
    if (key == null) throw new IllegalArgumentException(name + " needs an idempotency key");
    var formatted = config.keyFormat().format(key);
    return new Operation<>(
        name, "POST", path, Json.bytes(body), formatted, config.largestBody(), answer, null);
  }
}
