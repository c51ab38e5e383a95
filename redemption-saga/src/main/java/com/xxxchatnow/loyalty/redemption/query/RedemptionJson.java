package com.xxxchatnow.loyalty.redemption.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.stream.Announcements;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;

/** A redemption as JSON, the same whether it comes from the store or from an announcement. */
public final class RedemptionJson {
  public static final ObjectMapper JSON = new ObjectMapper();

  private RedemptionJson() {}

  /** Whether the checkout knows by this status whether it has a discount. */
  public static boolean decided(RedemptionStatus status) {
    return status != RedemptionStatus.QUOTING && status != RedemptionStatus.UNKNOWN;
  }

  static ObjectNode of(Redemption redemption) {
    return of(Announcements.whole(redemption));
  }

  static ObjectNode of(RedemptionStatusChanged change) {
    var view =
        JSON.createObjectNode()
            .put("order_id", change.getOrderId())
            .put("version", change.getVersion())
            .put("status", change.getStatus().name())
            .put("decided", decided(change.getStatus()));
    put(view, "request_id", change.getRequestId());
    put(view, "reason", change.getReason());
    put(view, "detail", change.getDetail());
    put(view, "quote_id", change.getQuoteId());
    if (change.getPoints() != null) view.put("points", change.getPoints());
    if (change.getDiscountMinor() != null) view.put("discount_minor", change.getDiscountMinor());
    put(view, "currency", change.getCurrency());
    put(view, "quote_expires_at", change.getQuoteExpiresAt());
    put(view, "deadline", change.getDeadline());
    put(view, "payment_status", change.getPaymentStatus());
    put(view, "operator", change.getOperator());
    put(view, "note", change.getNote());
    put(view, "occurred_at", change.getOccurredAt());
    return view;
  }

  /** The first of them, the longest in their status first. */
  static ObjectNode list(Collection<ObjectNode> views, int limit) {
    var list = JSON.createObjectNode();
    var first =
        views.stream()
            .sorted(
                Comparator.<ObjectNode, Instant>comparing(
                        each -> Instant.parse(each.path("occurred_at").asText()))
                    .thenComparing(each -> each.path("order_id").asText()))
            .limit(limit)
            .toList();
    list.putArray("redemptions").addAll(first);
    return list;
  }

  private static void put(ObjectNode view, String name, Object value) {
    if (value != null) view.put(name, value.toString());
  }
}
