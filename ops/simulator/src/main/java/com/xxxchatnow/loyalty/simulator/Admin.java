package com.xxxchatnow.loyalty.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The operator's side over HTTP, for those outside this JVM: what {@link Simulator} offers. */
final class Admin implements HttpHandler {
  private final Simulator simulator;
  private final Map<String, Function<Request, Answer>> actions;

  Admin(Simulator simulator) {
    this.simulator = simulator;
    this.actions =
        Map.ofEntries(
            Map.entry("GET /admin/ledger", _ -> Answer.ok(ledger())),
            Map.entry("GET /admin/calls", _ -> Answer.ok(calls())),
            Map.entry("GET /admin/rates", _ -> Answer.ok(rates())),
            Map.entry("GET /admin/webhooks", _ -> Answer.ok(webhooks())),
            Map.entry("POST /admin/webhooks", r -> Answer.ok(emit(r.fields()))),
            Map.entry("POST /admin/webhook-url", r -> Answer.ok(webhookUrl(r.fields()))),
            Map.entry("GET /admin/faults", _ -> Answer.ok(faults())),
            Map.entry("POST /admin/faults", r -> Answer.ok(addFault(r.fields()))),
            Map.entry("DELETE /admin/faults", r -> Answer.ok(clearFaults(r))),
            Map.entry("POST /admin/tokens/expire", _ -> Answer.ok(expireTokens())),
            Map.entry("POST /admin/rate-limit", r -> Answer.ok(rateLimit(r.fields()))),
            Map.entry("POST /admin/links", r -> Answer.ok(link(r.fields()))),
            Map.entry("DELETE /admin/links", r -> Answer.ok(unlink(r))),
            Map.entry("POST /admin/grants", r -> Answer.ok(grant(r.fields()))),
            Map.entry("POST /admin/balances", r -> Answer.ok(setBalance(r.fields()))),
            Map.entry("GET /admin/clock", _ -> Answer.ok(clock())),
            Map.entry("POST /admin/clock", r -> Answer.ok(advance(r.fields()))));
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var answer = answer(Request.read(exchange));
      var body = Json.write(answer.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Answer answer(Request request) {
    var action = actions.get(request.method() + " " + request.path());
    try {
      if (action != null) return action.apply(request);
      throw Refusal.notFound(
          "NO_SUCH_ACTION", "there is: " + String.join(", ", new TreeMap<>(actions).keySet()));
    } catch (Refusal refusal) {
      return refusal.answer();
    } catch (IllegalArgumentException wrong) {
      return Refusal.invalid("body", wrong.getMessage()).answer();
    }
  }

  private ObjectNode ledger() {
    var truth = simulator.truth();
    var body = Json.object();
    var totals = new TreeMap<LedgerEntry.Type, ObjectNode>();
    var entries = body.putArray("entries");
    for (var entry : truth.entries()) {
      entries.add(node(entry));
      var total = totals.computeIfAbsent(entry.type(), _ -> Json.object());
      total.put("entries", total.path("entries").asLong() + 1);
      total.put("points", total.path("points").asLong() + entry.pointsDelta());
    }
    var byType = body.putObject("totals");
    totals.forEach((type, total) -> byType.set(type.name(), total));
    var balances = body.putObject("balances");
    new TreeMap<>(truth.balances()).forEach(balances::put);
    var orders = body.putArray("orders");
    truth.orders().forEach(order -> orders.add(node(order)));
    var links = body.putArray("links");
    truth.links().forEach(link -> links.add(node(link)));
    return body;
  }

  private static ObjectNode node(LedgerEntry entry) {
    return Json.object()
        .put("entry_id", entry.entryId())
        .put("member_id", entry.memberId())
        .put("user_id", entry.userId())
        .put("type", entry.type().name())
        .put("points_delta", entry.pointsDelta())
        .put("balance_after", entry.balanceAfter())
        .put("reason_code", entry.reasonCode())
        .put("source_ref", entry.sourceRef())
        .put("order_id", entry.orderId())
        .put("line_id", entry.lineId())
        .put("created_at", text(entry.createdAt()))
        .put("posted_at", text(entry.postedAt()))
        .put("pending_until", text(entry.pendingUntil()));
  }

  private static ObjectNode node(RedemptionOrder order) {
    return Json.object()
        .put("order_id", order.orderId())
        .put("quote_id", order.quoteId())
        .put("user_id", order.userId())
        .put("member_id", order.memberId())
        .put("points", order.points())
        .put("discount_minor", order.discountMinor())
        .put("state", order.state().name());
  }

  private static ObjectNode node(Link link) {
    return Json.object()
        .put("client_user_id", link.userId())
        .put("rrr_member_id", link.memberId())
        .put("link_type", link.type())
        .put("linked_at", text(link.linkedAt()));
  }

  private ArrayNode calls() {
    var body = Json.array();
    for (var call : simulator.calls())
      body.addObject()
          .put("number", call.number())
          .put("at", text(call.at()))
          .put("micros", call.micros())
          .put("method", call.method())
          .put("path", call.path())
          .put("key", call.key())
          .put("trace", call.trace())
          .put("status", call.status())
          .put("effect", call.effect().name())
          .put("fault", call.fault());
    return body;
  }

  private ArrayNode rates() {
    var body = Json.array();
    for (var rate : simulator.ratePerSecond())
      body.addObject()
          .put("second", text(Instant.ofEpochSecond(rate.second())))
          .put("calls", rate.calls())
          .put("limited", rate.limited());
    return body;
  }

  private ArrayNode webhooks() {
    var body = Json.array();
    simulator.webhooks().forEach(event -> body.add(node(event)));
    return body;
  }

  private static ObjectNode node(WebhookDelivery event) {
    return Json.object()
        .put("event_id", event.eventId())
        .put("event_type", event.eventType())
        .put("state", event.state().name())
        .put("attempts", event.attempts())
        .put("last_status", event.lastStatus())
        .put("delivered_at", text(event.deliveredAt()))
        .put("body", event.body());
  }

  private ObjectNode emit(Fields body) {
    body.only("event_type", "data");
    return node(simulator.emit(body.text("event_type"), body.object("data").node()));
  }

  private ObjectNode webhookUrl(Fields body) {
    body.only("url");
    var url = body.has("url") ? URI.create(body.text("url")) : null;
    simulator.webhookUrl(url);
    return Json.object().put("url", url == null ? null : url.toString());
  }

  private ArrayNode faults() {
    var body = Json.array();
    for (var set : simulator.faults().all())
      body.addObject()
          .put("id", set.id())
          .put("fired", set.fired())
          .set("rule", FaultJson.write(set.rule()));
    return body;
  }

  private ObjectNode addFault(Fields body) {
    return Json.object().put("id", simulator.faults().add(FaultJson.read(body)));
  }

  private ArrayNode clearFaults(Request request) {
    var id = request.query("id");
    if (id == null) simulator.faults().clear();
    else simulator.faults().remove(Long.parseLong(id));
    return faults();
  }

  private ObjectNode expireTokens() {
    simulator.expireTokens();
    return Json.object();
  }

  private ObjectNode rateLimit(Fields body) {
    body.only("per_second", "burst");
    simulator.rateLimit(
        Math.toIntExact(body.notNegative("per_second")),
        Math.toIntExact(body.notNegative("burst")));
    return Json.object();
  }

  private ObjectNode link(Fields body) {
    body.only("client_user_id", "rrr_member_id");
    var user = body.text("client_user_id");
    var member = body.has("rrr_member_id") ? body.uuid("rrr_member_id") : null;
    return node(simulator.link(user, member == null ? Simulator.memberOf(user) : member));
  }

  private ObjectNode unlink(Request request) {
    var user = request.query("client_user_id");
    if (user == null) throw Refusal.invalid("client_user_id", "missing in the query");
    simulator.unlink(user);
    return Json.object();
  }

  private ObjectNode grant(Fields body) {
    body.only("client_user_id", "points");
    simulator.grant(body.text("client_user_id"), body.positive("points"));
    return balance(body);
  }

  private ObjectNode setBalance(Fields body) {
    body.only("client_user_id", "points");
    simulator.setBalance(body.text("client_user_id"), body.notNegative("points"));
    return balance(body);
  }

  private ObjectNode balance(Fields body) {
    return Json.object().put("available_points", simulator.balance(body.text("client_user_id")));
  }

  private ObjectNode clock() {
    return Json.object().put("now", simulator.now().toString());
  }

  private ObjectNode advance(Fields body) {
    body.only("advance_seconds");
    simulator.advance(Duration.ofSeconds(body.notNegative("advance_seconds")));
    return clock();
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }
}
