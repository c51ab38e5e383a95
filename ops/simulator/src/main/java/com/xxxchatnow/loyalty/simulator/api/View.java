package com.xxxchatnow.loyalty.simulator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.simulator.faults.FaultJson;
import com.xxxchatnow.loyalty.simulator.faults.Faults;
import com.xxxchatnow.loyalty.simulator.faults.RatePerSecond;
import com.xxxchatnow.loyalty.simulator.http.Call;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import com.xxxchatnow.loyalty.simulator.ledger.Link;
import com.xxxchatnow.loyalty.simulator.ledger.RedemptionOrder;
import com.xxxchatnow.loyalty.simulator.ledger.Snapshot;
import com.xxxchatnow.loyalty.simulator.webhooks.WebhookDelivery;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** The simulator's state as the admin API shows it. */
public final class View {
  private View() {}

  public static <T> ArrayNode list(List<T> items, Function<T, ObjectNode> view) {
    var list = Json.array();
    items.forEach(item -> list.add(view.apply(item)));
    return list;
  }

  public static ObjectNode of(Snapshot snapshot) {
    var body = Json.object();
    body.set("entries", list(snapshot.entries(), View::of));
    body.set("totals", totals(snapshot.entries()));
    var balances = body.putObject("balances");
    new TreeMap<>(snapshot.balances()).forEach(balances::put);
    body.set("orders", list(snapshot.orders(), View::of));
    body.set("links", list(snapshot.links(), View::of));
    return body;
  }

  /** Number of entries and sum of points, by type. */
  private static ObjectNode totals(List<LedgerEntry> entries) {
    var totals = Json.object();
    for (var entry : entries) {
      var total = totals.withObject("/" + entry.type());
      total.put("entries", total.path("entries").asLong() + 1);
      total.put("points", total.path("points").asLong() + entry.pointsDelta());
    }
    return totals;
  }

  public static ObjectNode of(LedgerEntry entry) {
    return Json.object()
        .put("entry_id", entry.entryId())
        .put("member_id", entry.memberId())
        .put("user_id", entry.userId())
        .put("type", entry.type().name())
        .put("points_delta", entry.pointsDelta())
        .put("balance_after", entry.balanceAfter())
        .put("reason_code", entry.reasonCode())
        .put("source_ref", entry.sourceRef())
        .put("client_id", entry.clientId())
        .put("order_id", entry.orderId())
        .put("line_id", entry.lineId())
        .put("created_at", text(entry.createdAt()))
        .put("posted_at", text(entry.postedAt()))
        .put("pending_until", text(entry.pendingUntil()));
  }

  public static ObjectNode of(RedemptionOrder order) {
    return Json.object()
        .put("order_id", order.orderId())
        .put("quote_id", order.quoteId())
        .put("user_id", order.userId())
        .put("member_id", order.memberId())
        .put("points", order.points())
        .put("discount_minor", order.discountMinor())
        .put("state", order.state().name());
  }

  public static ObjectNode of(Link link) {
    return Json.object()
        .put("client_user_id", link.userId())
        .put("rrr_member_id", link.memberId())
        .put("link_type", link.type())
        .put("linked_at", text(link.linkedAt()));
  }

  public static ObjectNode of(WebhookDelivery event) {
    return Json.object()
        .put("event_id", event.eventId())
        .put("event_type", event.eventType())
        .put("state", event.state().name())
        .put("attempts", event.attempts())
        .put("last_status", event.lastStatus())
        .put("delivered_at", text(event.deliveredAt()))
        .put("body", event.body());
  }

  public static ObjectNode of(Call call) {
    return Json.object()
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
  }

  public static ObjectNode of(RatePerSecond rate) {
    return Json.object()
        .put("second", text(Instant.ofEpochSecond(rate.second())))
        .put("calls", rate.calls())
        .put("limited", rate.limited());
  }

  public static ObjectNode of(Faults.Set set) {
    var node = Json.object().put("id", set.id()).put("fired", set.fired());
    return node.set("rule", FaultJson.write(set.rule()));
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }
}
