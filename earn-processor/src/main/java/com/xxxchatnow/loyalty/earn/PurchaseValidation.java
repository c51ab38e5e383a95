package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.kit.records.FieldFaults;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.Optional;
import java.util.UUID;

/** What a readable purchase must be to be believed. */
final class PurchaseValidation {
  private static final String LINE_ID = "[A-Za-z0-9._-]{1,64}";
  private static final int MAX_METADATA_ENTRIES = 50;
  private static final int MAX_METADATA_CHARACTERS = 64 << 10;
  private static final Duration CLOCKS_APART = Duration.ofHours(24);

  private PurchaseValidation() {}

  /** The first fault, in words for the publisher, without the purchase's values. */
  static Optional<String> fault(PurchaseCompleted purchase, Instant now) {
    var fault =
        first(
            id("event_id", purchase.getEventId()),
            id("order_id", purchase.getOrderId()),
            id("user_id", purchase.getUserId()),
            purchase.getLineId().matches(LINE_ID) ? null : "line_id is not " + LINE_ID,
            purchase.getKind() == PurchaseKind.UNKNOWN ? "kind is unknown" : null,
            currency(purchase.getCurrency()).isPresent() ? null : "currency is not of ISO 4217",
            purchase.getAmountMinor() > 0 ? null : "amount_minor is not above 0",
            FieldFaults.ofTime("occurred_at", purchase.getOccurredAt(), now, CLOCKS_APART)
                .orElse(null),
            member(purchase.getRrrMemberId()),
            metadata(purchase));
    return Optional.ofNullable(fault);
  }

  /** The currency, if it is one that has minor units. */
  static Optional<Currency> currency(String code) {
    try {
      var currency = Currency.getInstance(code);
      return currency.getDefaultFractionDigits() < 0 ? Optional.empty() : Optional.of(currency);
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  /** An id of any length for the result of an invalid purchase, cut to the longest. */
  static String bounded(String id) {
    return id.length() > FieldFaults.MAX_ID ? id.substring(0, FieldFaults.MAX_ID) : id;
  }

  private static String id(String name, String id) {
    return FieldFaults.ofId(name, id).orElse(null);
  }

  private static String member(String id) {
    if (FieldFaults.optional(id).isEmpty()) return null;
    try {
      return UUID.fromString(id).toString().equalsIgnoreCase(id)
          ? null
          : "rrr_member_id is not a UUID";
    } catch (IllegalArgumentException notOne) {
      return "rrr_member_id is not a UUID";
    }
  }

  private static String metadata(PurchaseCompleted purchase) {
    var metadata = purchase.getMetadata();
    if (metadata.size() > MAX_METADATA_ENTRIES) return "metadata has more than 50 entries";
    var characters =
        metadata.entrySet().stream()
            .mapToLong(each -> (long) each.getKey().length() + each.getValue().length())
            .sum();
    return characters > MAX_METADATA_CHARACTERS ? "metadata is larger than 64 KiB" : null;
  }

  private static String first(String... faults) {
    for (var fault : faults) if (fault != null) return fault;
    return null;
  }
}
