package com.xxxchatnow.loyalty.kit.keys;

import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.time.Duration;
import java.time.Instant;

/**
 * The idempotency keys under which RRR remembers calls, before they are formatted for the wire
 * (docs/rrr-contract.md#idempotency-keys).
 */
public final class IdempotencyKeys {
  /**
   * How long a call may be repeated under its key: RRR keeps keys for at least 30 days
   * (docs/rrr-contract.md#idempotency), less a day for clocks and calls under way.
   */
  public static final Duration SAFE_FOR = Duration.ofDays(29);

  private static final String FIRST_LINE = "1";

  private IdempotencyKeys() {}

  /**
   * Whether RRR may have forgotten a key.
   *
   * @param firstUsed when a call under it may have been made first
   */
  public static boolean mayBeForgotten(Instant firstUsed, Instant now) {
    return firstUsed.plus(SAFE_FOR).isBefore(now);
  }

  /**
   * Of the earn of an order's line. The contract's key for line 1; a further line has one of its
   * own, with colons where line 1 has an underscore, because order ids are opaque: {@code
   * token_purchase_a_2} would be line 2 of order a and line 1 of order a_2 alike.
   */
  public static String earn(PurchaseKind kind, String orderId, String lineId) {
    var operation =
        kind == PurchaseKind.MEMBERSHIP_PURCHASE ? "membership_purchase" : "token_purchase";
    return lineId.equals(FIRST_LINE)
        ? operation + "_" + orderId
        : operation + ":" + lineId + ":" + orderId;
  }

  /**
   * Of an order's quote.
   *
   * @param number 1 for the first, and so on
   */
  public static String redemptionQuote(String orderId, int number) {
    return numbered("redemption_quote_" + orderId, number);
  }

  /**
   * Of the commit of an order's quote.
   *
   * @param number the quote's
   */
  public static String redemptionCommit(String orderId, int number) {
    return numbered("redemption_" + orderId, number);
  }

  /**
   * Of the reversal of an order's redemption.
   *
   * @param number 1 for the first, and one more after each refusal that an operator retries
   */
  public static String redemptionReverse(String orderId, int number) {
    return numbered("redemption_reverse_" + orderId, number);
  }

  private static String numbered(String key, int number) {
    return number == 1 ? key : key + "_" + number;
  }
}
