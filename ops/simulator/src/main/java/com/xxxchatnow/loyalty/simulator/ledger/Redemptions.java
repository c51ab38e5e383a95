package com.xxxchatnow.loyalty.simulator.ledger;

import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Fields;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import com.xxxchatnow.loyalty.simulator.webhooks.Webhooks;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Quote, commit, reverse. A quote reserves nothing; a commit burns all its points or none; an order
 * is burned once and given back once, however often and under whichever key that is asked for.
 */
public final class Redemptions {
  private enum Mode {
    MAX,
    EXACT
  }

  private enum Reason {
    PAYMENT_FAILED,
    CANCELLED,
    FRAUD_BLOCKED
  }

  private record Quote(String id, Link link, long points, long discount, Instant expiresAt) {}

  private final SimulatorConfig config;
  private final Ids ids;
  private final Clock clock;
  private final Links links;
  private final Ledger ledger;
  private final Webhooks webhooks;
  private final Map<String, Quote> quotes = new HashMap<>();
  private final Set<String> usedQuotes = new HashSet<>();
  private final Map<String, RedemptionOrder> orders = new HashMap<>();

  Redemptions(
      SimulatorConfig config, Ids ids, Clock clock, Links links, Ledger ledger, Webhooks webhooks) {
    this.config = config;
    this.ids = ids;
    this.clock = clock;
    this.links = links;
    this.ledger = ledger;
    this.webhooks = webhooks;
  }

  public List<RedemptionOrder> orders() {
    return new ArrayList<>(orders.values());
  }

  public Answer quote(Fields body) {
    body.only("client_user_id", "rrr_member_id", "cart", "requested");
    var total = total(body.object("cart"));
    var requested = body.object("requested");
    requested.only("mode", "points");
    var mode = requested.oneOf("mode", Mode.class);
    var asked = mode == Mode.EXACT || requested.has("points") ? requested.positive("points") : 0;
    var link = links.named(body);
    var min = config.minRedeemPoints;
    var max =
        Math.min(
            config.maxRedeemPoints,
            Math.min(ledger.available(link.memberId()), total / config.pointValueMinor));
    var points = mode == Mode.EXACT ? asked : max;
    var eligible = points >= min && points <= max;
    var answer = Json.object().put("eligible", eligible).put("min_points", min);
    answer.put("max_points", max);
    if (!eligible) return Answer.ok(answer);

    var quote =
        new Quote(
            ids.next("quote"),
            link,
            points,
            points * config.pointValueMinor,
            clock.instant().plus(config.quoteLifetime));
    quotes.put(quote.id(), quote);
    answer.putObject("quote").put("points_to_burn", points).put("discount_minor", quote.discount());
    return Answer.applied(
        answer.put("quote_id", quote.id()).put("expires_at", quote.expiresAt().toString()));
  }

  private static long total(Fields cart) {
    cart.only("currency", "total_minor", "items");
    cart.currency("currency");
    for (var item : cart.objects("items")) {
      item.only("sku", "qty", "minor");
      item.text("sku");
      item.positive("qty");
      item.notNegative("minor");
    }
    return cart.notNegative("total_minor");
  }

  public Answer commit(ClientKey key, Fields body) {
    body.only("quote_id", "client_order_id", "client_user_id", "rrr_member_id");
    var quoteId = body.uuid("quote_id");
    var orderId = body.text("client_order_id");
    var link = links.named(body);
    refuseDecided(orders.get(orderId));
    var quote = quotes.get(quoteId);
    if (quote == null || !quote.link().equals(link))
      throw Refusal.notFound("QUOTE_UNKNOWN", "no such quote of this member");
    if (usedQuotes.contains(quoteId))
      throw Refusal.conflict("QUOTE_USED", "the quote was committed for another order");
    if (!clock.instant().isBefore(quote.expiresAt())) throw expired();
    if (ledger.available(link.memberId()) < quote.points())
      throw Refusal.conflict("INSUFFICIENT_POINTS", "the member has fewer points by now");
    return burn(key, orderId, quote);
  }

  private static void refuseDecided(RedemptionOrder order) {
    if (order == null) return;
    throw switch (order.state()) {
      case COMMITTED -> Refusal.conflict("ORDER_COMMITTED", "the order is committed already");
      case REVERSED -> Refusal.conflict("ORDER_REVERSED", "the order was reversed");
    };
  }

  private Answer burn(ClientKey key, String orderId, Quote quote) {
    var link = quote.link();
    var entry =
        ledger.post(
            new Movement(
                link, LedgerEntry.Type.REDEEM, -quote.points(), "REDEMPTION", key, orderId, null));
    usedQuotes.add(quote.id());
    orders.put(
        orderId,
        new RedemptionOrder(
            orderId,
            quote.id(),
            link.userId(),
            link.memberId(),
            quote.points(),
            quote.discount(),
            RedemptionOrder.State.COMMITTED));
    webhooks.emit(
        "REDEMPTION_COMMITTED",
        link.memberId(),
        Json.object()
            .put("member_id", link.memberId())
            .put("points_burned", quote.points())
            .put("discount_minor", quote.discount())
            .put("order_id", orderId));
    return Answer.applied(
        Json.object()
            .put("status", "COMMITTED")
            .put("ledger_entry_id", entry.entryId())
            .put("points_burned", quote.points())
            .put("discount_minor", quote.discount()));
  }

  private Refusal expired() {
    var reason = Map.of("reason", "QUOTE_EXPIRED");
    var none = Map.<String, String>of();
    var message = "the quote has expired";
    return switch (config.expiredQuote) {
      case CONFLICT_WITH_REASON -> new Refusal(409, "CONFLICT", message, reason);
      case CONFLICT -> new Refusal(409, "CONFLICT", message, none);
      case VALIDATION_FAILED_WITH_REASON -> new Refusal(422, "VALIDATION_FAILED", message, reason);
      case VALIDATION_FAILED -> new Refusal(422, "VALIDATION_FAILED", message, none);
      case NOT_FOUND -> new Refusal(404, "NOT_FOUND", message, none);
    };
  }

  public Answer reverse(ClientKey key, Fields body) {
    body.only("client_order_id", "reason");
    var orderId = body.text("client_order_id");
    var reason = body.oneOf("reason", Reason.class).name();
    var order = orders.get(orderId);
    if (order == null) throw Refusal.notFound("ORDER_UNKNOWN", "nothing was burned for this order");
    if (order.state() == RedemptionOrder.State.REVERSED)
      throw Refusal.conflict("ORDER_REVERSED", "the points were given back already");
    return giveBack(key, order, reason);
  }

  private Answer giveBack(ClientKey key, RedemptionOrder order, String reason) {
    var link = quotes.get(order.quoteId()).link();
    var entry =
        ledger.post(
            new Movement(
                link,
                LedgerEntry.Type.REVERSAL,
                order.points(),
                reason,
                key,
                order.orderId(),
                null));
    orders.put(order.orderId(), order.reversed());
    webhooks.emit(
        "REDEMPTION_REVERSED",
        link.memberId(),
        Json.object()
            .put("member_id", link.memberId())
            .put("points_restored", order.points())
            .put("order_id", order.orderId())
            .put("reason", reason));
    return Answer.applied(
        Json.object()
            .put("status", "REVERSED")
            .put("ledger_entry_id", entry.entryId())
            .put("points_restored", order.points()));
  }
}
