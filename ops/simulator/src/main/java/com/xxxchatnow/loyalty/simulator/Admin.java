package com.xxxchatnow.loyalty.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.xxxchatnow.loyalty.simulator.api.View;
import com.xxxchatnow.loyalty.simulator.faults.FaultJson;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Fields;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import com.xxxchatnow.loyalty.simulator.http.Request;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What {@link Simulator} offers to tests and operators, over HTTP for those outside this JVM. */
public final class Admin implements HttpHandler {
  private final Simulator simulator;
  private final Map<String, Function<Request, Answer>> actions;

  public Admin(Simulator simulator) {
    this.simulator = simulator;
    this.actions =
        Map.ofEntries(
            Map.entry("GET /admin/ledger", r -> Answer.ok(ledger(r))),
            Map.entry("POST /admin/source-ref", r -> Answer.ok(sourceRef(r.fields()))),
            Map.entry("GET /admin/calls", _ -> Answer.ok(View.list(simulator.calls(), View::of))),
            Map.entry(
                "GET /admin/rates", _ -> Answer.ok(View.list(simulator.ratePerSecond(), View::of))),
            Map.entry(
                "GET /admin/webhooks", _ -> Answer.ok(View.list(simulator.webhooks(), View::of))),
            Map.entry("POST /admin/webhooks", r -> Answer.ok(emit(r.fields()))),
            Map.entry("POST /admin/webhook-url", r -> Answer.ok(webhookUrl(r.fields()))),
            Map.entry(
                "GET /admin/faults", _ -> Answer.ok(View.list(simulator.faults().all(), View::of))),
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
    } catch (IllegalArgumentException | ArithmeticException wrong) {
      return Refusal.invalid("body", wrong.getMessage()).answer();
    }
  }

  /** All of it, or with {@code source_ref} the entries booked under that key. */
  private JsonNode ledger(Request request) {
    var key = request.query("source_ref");
    return key == null ? View.of(simulator.snapshot()) : View.list(simulator.ledger(key), View::of);
  }

  private ObjectNode sourceRef(Fields body) {
    body.only("keys");
    var keys = body.node().path("keys");
    if (!keys.isBoolean()) throw body.invalid("keys", "must be true or false");
    simulator.keysInSourceRef(keys.booleanValue());
    return Json.object();
  }

  private ObjectNode emit(Fields body) {
    body.only("event_type", "data");
    return View.of(simulator.emit(body.text("event_type"), body.object("data").node()));
  }

  private ObjectNode webhookUrl(Fields body) {
    body.only("url");
    var url = body.has("url") ? URI.create(body.text("url")) : null;
    simulator.webhookUrl(url);
    return Json.object().put("url", url == null ? null : url.toString());
  }

  private ObjectNode addFault(Fields body) {
    return Json.object().put("id", simulator.faults().add(FaultJson.read(body)));
  }

  private ArrayNode clearFaults(Request request) {
    var id = request.query("id");
    if (id == null) simulator.faults().clear();
    else simulator.faults().remove(Long.parseLong(id));
    return View.list(simulator.faults().all(), View::of);
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
    return View.of(simulator.link(user, member == null ? Simulator.memberOf(user) : member));
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
}
