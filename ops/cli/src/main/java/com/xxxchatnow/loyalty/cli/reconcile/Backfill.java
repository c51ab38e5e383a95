package com.xxxchatnow.loyalty.cli.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the entries of RRR's ledger, posted from {@code from} to before {@code to}, that no event
 * of ours tells, and makes the webhooks that RRR would have sent.
 */
record Backfill(Instant from, Instant to) {

  /**
   * An event that was never told.
   *
   * @param type as the contract names it
   * @param data as RRR would have sent it; null when ledger and topics do not tell all of it
   */
  record Untold(String type, LedgerEntry entry, ObjectNode data) {
    boolean complete() {
      return data != null;
    }

    /** The same in every run. An entry may have two events, and each needs an id of its own. */
    String eventId() {
      return (type.startsWith("POINTS_") ? "backfill:" : "backfill:redemption:") + entry.entryId();
    }

    /** The webhook as RRR would have sent it, but marked. */
    WebhookReceived webhook(Instant now) {
      var body = JsonNodeFactory.instance.objectNode();
      body.put("event_id", eventId()).put("event_type", type).set("data", data);
      return WebhookReceived.newBuilder()
          .setEventId(eventId())
          .setEventType(type)
          .setBody(ByteBuffer.wrap(body.toString().getBytes(UTF_8)))
          .setBackfilled(true)
          .setReceivedAt(now)
          .build();
    }
  }

  /**
   * What our topics say about a member.
   *
   * @param told kinds, each with the entry or the order it is about
   * @param calls by their key, which the ledger names as source_ref
   */
  private record Known(Set<String> told, Map<String, ExpectedEntry> calls) {
    static Known of(List<ExpectedEntry> claims) {
      var known = new Known(new HashSet<>(), new HashMap<>());
      for (var claim : claims) {
        switch (claim.kind()) {
          case POSTED_TOLD, REVERSED_TOLD -> known.told.add(claim.kind() + claim.entryId());
          case COMMIT_CONFIRMED, REVERSAL_CONFIRMED ->
              known.told.add(claim.kind() + claim.orderId());
          case CALLED -> known.calls.put(claim.ref(), claim);
          case MEMBER, EARNED, BURNED, GIVING_BACK, GIVEN_BACK -> {}
        }
      }
      return known;
    }

    boolean tells(ExpectedEntry.Kind kind, String id) {
      return told.contains(kind + id);
    }
  }

  /** The untold events of one member, in the ledger's order. */
  List<Untold> of(List<ExpectedEntry> claims, List<LedgerEntry> entries) {
    var known = Known.of(claims);
    return entries.stream()
        .filter(entry -> entry.postedAt() != null)
        .filter(entry -> !entry.postedAt().isBefore(from) && entry.postedAt().isBefore(to))
        .flatMap(entry -> untold(entry, known).stream())
        .toList();
  }

  private static List<Untold> untold(LedgerEntry entry, Known known) {
    var untold = new ArrayList<Untold>();
    switch (entry.type()) {
      case EARN -> posted(entry, known, untold);
      case REDEEM -> committed(entry, known, untold);
      case REVERSAL -> {
        reversed(entry, known, untold);
        givenBack(entry, known, untold);
      }
      // A transfer's event names transfer_id and both members; its entries do not.
      case TRANSFER_OUT -> untold.add(new Untold("TRANSFER_COMPLETED", entry, null));
      case TRANSFER_IN, EXPIRE, ADJUST, UNKNOWN -> {}
    }
    return untold;
  }

  private static void posted(LedgerEntry entry, Known known, List<Untold> untold) {
    if (known.tells(ExpectedEntry.Kind.POSTED_TOLD, entry.entryId())) return;
    var data = moved(entry).put("source_ref", entry.sourceRef());
    untold.add(new Untold("POINTS_POSTED", entry, data));
  }

  private static void reversed(LedgerEntry entry, Known known, List<Untold> untold) {
    if (known.tells(ExpectedEntry.Kind.REVERSED_TOLD, entry.entryId())) return;
    var data = moved(entry).put("reason", entry.reasonCode());
    untold.add(new Untold("POINTS_REVERSED", entry, data));
  }

  /** The ledger tells points and key; our announcement of that key tells order and discount. */
  private static void committed(LedgerEntry entry, Known known, List<Untold> untold) {
    var call = known.calls.get(entry.sourceRef());
    if (call == null) untold.add(new Untold("REDEMPTION_COMMITTED", entry, null));
    else if (!known.tells(ExpectedEntry.Kind.COMMIT_CONFIRMED, call.orderId())) {
      var data =
          about(entry)
              .put("points_burned", -entry.pointsDelta())
              .put("discount_minor", call.discountMinor())
              .put("order_id", call.orderId());
      untold.add(new Untold("REDEMPTION_COMMITTED", entry, data));
    }
  }

  private static void givenBack(LedgerEntry entry, Known known, List<Untold> untold) {
    var call = known.calls.get(entry.sourceRef());
    if (call == null) untold.add(new Untold("REDEMPTION_REVERSED", entry, null));
    else if (!known.tells(ExpectedEntry.Kind.REVERSAL_CONFIRMED, call.orderId())) {
      var data =
          about(entry)
              .put("points_restored", entry.pointsDelta())
              .put("order_id", call.orderId())
              .put("reason", entry.reasonCode());
      untold.add(new Untold("REDEMPTION_REVERSED", entry, data));
    }
  }

  private static ObjectNode moved(LedgerEntry entry) {
    return about(entry)
        .put("points_delta", entry.pointsDelta())
        .put("ledger_entry_id", entry.entryId());
  }

  private static ObjectNode about(LedgerEntry entry) {
    return JsonNodeFactory.instance.objectNode().put("member_id", entry.memberId());
  }
}
