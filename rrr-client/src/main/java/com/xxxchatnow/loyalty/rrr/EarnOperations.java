package com.xxxchatnow.loyalty.rrr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnItemResult;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.rrr.api.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/** Earns as JSON, single and in a batch (docs/rrr-contract.md#points). */
final class EarnOperations {
  private final RrrClientConfig config;

  EarnOperations(RrrClientConfig config) {
    this.config = config;
  }

  Operation<Earned> earn(EarnRequest r, String key) {
    return earn(r, key, null);
  }

  /**
   * @param format of the key; null: as configured
   */
  Operation<Earned> earn(EarnRequest r, String key, KeyFormat format) {
    return Operation.post(
        "earn",
        "/v1/points/earn",
        earnBody(r),
        key,
        format == null ? config : config.with(format),
        Operation.json(EarnOperations::earned));
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

  /**
   * See docs/rrr-contract.md#earn-batch.
   *
   * @param round 1, or more for the same items asked anew under another key of the batch
   */
  Operation<List<EarnItemResult>> earnBatch(List<EarnItem> items, int round) {
    var keys = items.stream().map(this::sent).toList();
    if (items.isEmpty() || new HashSet<>(keys).size() < keys.size())
      throw new IllegalArgumentException(
          "a batch needs at least one item, and a key of its own for each");
    var body = Json.object();
    var list = body.putArray("items");
    for (var i = 0; i < keys.size(); i++)
      list.add(earnBody(items.get(i).request()).put("source_ref", keys.get(i)));
    return Operation.post(
        "earn_batch",
        "/v1/points/earn/batch",
        body,
        config.keyFormat().ofBatch(keys, round),
        config,
        Operation.json(json -> results(json, items, keys)));
  }

  private String sent(EarnItem item) {
    var format = item.keyFormat() == null ? config.keyFormat() : item.keyFormat();
    return format.format(item.idempotencyKey());
  }

  /** One result for each item, in their order; anything else is not the promised JSON. */
  private static List<EarnItemResult> results(
      JsonNode json, List<EarnItem> items, List<String> keys) throws Json.Broken {
    if (json.path("results").size() != keys.size())
      throw new Json.Broken("another number of results");
    var byKey = new HashMap<String, JsonNode>();
    for (var result : json.path("results")) byKey.put(Json.text(result, "source_ref"), result);
    var results = new ArrayList<EarnItemResult>(keys.size());
    for (var i = 0; i < keys.size(); i++) {
      var result = byKey.get(keys.get(i));
      if (result == null) throw new Json.Broken("no result for an item");
      results.add(result(result, items.get(i).idempotencyKey()));
    }
    return List.copyOf(results);
  }

  private static EarnItemResult result(JsonNode json, String key) throws Json.Broken {
    if (!Json.text(json, "status").equals("REJECTED"))
      return new EarnItemResult.Accepted(key, earned(json));
    var error = json.path("error");
    if (!ErrorObject.wellFormed(error)) throw new Json.Broken("REJECTED without RRR's error");
    var code = error.path("code").textValue();
    var detail = SafeErrorDetail.of(error);
    return switch (code) {
      case "RATE_LIMITED", "INTERNAL_ERROR", "UNAUTHENTICATED" ->
          new EarnItemResult.Undecided(key, code);
      case "VALIDATION_FAILED" -> rejected(key, Refusal.REFUSED_VALIDATION, code, detail);
      case "CONFLICT" -> rejected(key, Refusal.REFUSED_CONFLICT, code, detail);
      case "IDEMPOTENCY_KEY_REUSE_MISMATCH" -> rejected(key, Refusal.KEY_REUSED, code, detail);
      case "NOT_FOUND" -> rejected(key, Refusal.REFUSED_NOT_FOUND, code, detail);
      case "UNAUTHORIZED" -> rejected(key, Refusal.UNAUTHORIZED, code, detail);
      default -> rejected(key, Refusal.REFUSED_OTHER, code, detail);
    };
  }

  private static EarnItemResult rejected(String key, Refusal why, String code, String detail) {
    return new EarnItemResult.Rejected(key, why, code, detail);
  }
}
