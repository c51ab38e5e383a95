package com.xxxchatnow.loyalty.simulator.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
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

/**
 * Earning: one purchase a call, or a batch of them (docs/rrr-contract.md#earn-batch). RRR remembers
 * per endpoint: an item that was sent in a batch is known in every other batch by its {@code
 * source_ref}, and not known to the endpoint of single earns.
 */
public final class Earns {
  /** Users and orders with such a name are refused, to show what a refusal looks like. */
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

  /** The item of the batch in hand that is rejected on demand; unbound without such a fault. */
  public static final ScopedValue<Fault.ItemRejected> REJECTED_ITEM = ScopedValue.newInstance();

  private static final String SINGLE = "earn";
  private static final String BATCH = "earn/batch";
  private static final String ITEM = "earn/batch/item";

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

  public Answer one(ClientKey key, Fields body) {
    return memory.once(SINGLE, key, body.node(), () -> earn(key, body));
  }

  public Answer batch(ClientKey key, Fields body) {
    body.only("items");
    var items = body.objects("items");
    if (items.isEmpty() || items.size() > config.maxBatch)
      throw body.invalid("items", "1 to " + config.maxBatch + " items");
    items.forEach(item -> item.text("source_ref"));
    return memory.once(
        BATCH,
        key,
        body.node(),
        () -> results(items.stream().map(item -> item(key.client(), item)).toList()));
  }

  private record Result(ObjectNode row, boolean applied) {}

  private Result item(String client, Fields item) {
    var ref = item.text("source_ref");
    if (REJECTED_ITEM.isBound() && REJECTED_ITEM.get().sourceRef().equals(ref))
      return rejected(ref, REJECTED_ITEM.get().code());
    var body = Fields.of(((ObjectNode) item.node()).deepCopy().without("source_ref"));
    var key = new ClientKey(client, ref);
    var answer =
        IdempotencyMemory.answerOf(
            () -> memory.once(ITEM, key, body.node(), () -> earn(key, body)));
    var row = Json.object().put("source_ref", ref);
    if (answer.status() < 400) row.setAll((ObjectNode) answer.body());
    else row.put("status", "REJECTED").set("error", answer.body().get("error"));
    return new Result(row, answer.effect() == Call.Effect.APPLIED);
  }

  private static Result rejected(String ref, String code) {
    var row = Json.object().put("source_ref", ref).put("status", "REJECTED");
    row.putObject("error").put("code", code).put("message", "on demand");
    return new Result(row, false);
  }

  /** In any order, as docs/rrr-contract.md#earn-batch allows. */
  private Answer results(List<Result> results) {
    var shuffled = new ArrayList<>(results);
    Collections.shuffle(shuffled, order);
    var body = Json.object();
    var rows = body.putArray("results");
    shuffled.forEach(result -> rows.add(result.row()));
    return results.stream().anyMatch(Result::applied) ? Answer.applied(body) : Answer.ok(body);
  }

  private Answer earn(ClientKey key, Fields body) {
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
