package com.xxxchatnow.loyalty.simulator.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Call;
import com.xxxchatnow.loyalty.simulator.http.Fields;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Earning: one purchase a call, or a batch of them ("Decision, batch"), under one memory. */
public final class Earns {
  /** Users and orders so named are refused, to show what a refusal looks like. */
  static final String REFUSED = "refused-";

  private enum EventType {
    TOKEN_PURCHASE,
    MEMBERSHIP_PURCHASE,
    ADJUSTMENT,
    MODEL_AWARD
  }

  private enum PostingMode {
    POSTED,
    PENDING
  }

  private static final String MEMORY = "earn";

  private final SimulatorConfig config;
  private final Links links;
  private final Ledger ledger;
  private final IdempotencyMemory memory;
  private final Random order;

  Earns(SimulatorConfig config, Links links, Ledger ledger, IdempotencyMemory memory) {
    this.config = config;
    this.links = links;
    this.ledger = ledger;
    this.memory = memory;
    this.order = new Random(config.seed);
  }

  public Answer one(String key, Fields body) {
    return memory.once(MEMORY, key, body.node(), () -> earn(key, body));
  }

  /** Each item is the operation that its {@code source_ref} names, sent singly or in a batch. */
  public Answer batch(String key, Fields body) {
    body.only("items");
    var items = body.objects("items");
    if (items.isEmpty() || items.size() > config.maxBatch)
      throw body.invalid("items", "1 to " + config.maxBatch + " items");
    items.forEach(item -> item.text("source_ref"));
    return memory.once(
        "earn/batch", key, body.node(), () -> results(items.stream().map(this::item).toList()));
  }

  private record Result(ObjectNode row, boolean applied) {}

  private Result item(Fields item) {
    var ref = item.text("source_ref");
    var body = Fields.of(((ObjectNode) item.node()).deepCopy().without("source_ref"));
    var answer = IdempotencyMemory.answerOf(() -> one(ref, body));
    var row = Json.object().put("source_ref", ref);
    if (answer.status() < 400) row.setAll((ObjectNode) answer.body());
    else row.put("status", "REJECTED").set("error", answer.body().get("error"));
    return new Result(row, answer.effect() == Call.Effect.APPLIED);
  }

  /** In any order, as the contract allows. */
  private Answer results(List<Result> results) {
    var shuffled = new ArrayList<>(results);
    Collections.shuffle(shuffled, order);
    var body = Json.object();
    var rows = body.putArray("results");
    shuffled.forEach(result -> rows.add(result.row()));
    return results.stream().anyMatch(Result::applied) ? Answer.applied(body) : Answer.ok(body);
  }

  private Answer earn(String key, Fields body) {
    body.only(
        "client_user_id",
        "rrr_member_id",
        "source",
        "currency",
        "amount_minor",
        "points",
        "policy",
        "metadata");
    var source = body.object("source");
    source.only("event_type", "order_id", "line_id");
    var type = source.oneOf("event_type", EventType.class);
    body.currency("currency");
    body.notNegative("amount_minor");
    if (body.has("metadata")) body.object("metadata");
    var points = body.positive("points");
    var mode = mode(body.object("policy"));
    var orderId = source.text("order_id");
    if (orderId.startsWith(REFUSED) || body.text("client_user_id").startsWith(REFUSED))
      throw Refusal.invalid("source", "refused on purpose");
    var movement =
        new Movement(
            links.named(body),
            LedgerEntry.Type.EARN,
            points,
            type.name(),
            key,
            orderId,
            source.text("line_id"));
    return mode == PostingMode.PENDING
        ? accepted(ledger.postLater(movement, config.pendingFor))
        : accepted(ledger.post(movement));
  }

  private PostingMode mode(Fields policy) {
    policy.only("posting_mode", "expires_at");
    if (policy.has("expires_at")) policy.time("expires_at");
    var asked = policy.oneOf("posting_mode", PostingMode.class);
    return switch (config.posting) {
      case AS_ASKED -> asked;
      case POSTED -> PostingMode.POSTED;
      case PENDING -> PostingMode.PENDING;
    };
  }

  private static Answer accepted(LedgerEntry entry) {
    var body =
        Json.object()
            .put("status", "ACCEPTED")
            .put("ledger_entry_id", entry.entryId())
            .put("posted_at", text(entry.postedAt()));
    if (entry.pending()) body.put("pending_until", text(entry.pendingUntil()));
    return Answer.applied(body);
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }
}
