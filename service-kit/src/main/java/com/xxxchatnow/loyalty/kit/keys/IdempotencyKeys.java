package com.xxxchatnow.loyalty.kit.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

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

  /** A client id of these is named as it is, any other by a digest. */
  private static final String SHORT_ID = "[!-~&&[^#]]{1,48}";

  private static final int DIGEST_BYTES = 16;

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
   * Under what RRR remembers the calls of earns: its memory is per endpoint and client, and asks
   * for the key as it was sent (docs/rrr-contract.md#idempotency). With another identity RRR books
   * again what it has booked.
   *
   * @param format the word of {@code RRR_IDEMPOTENCY_KEY_FORMAT}
   * @param batchSize above 1: earns go to the batch endpoint
   * @return at most 100 characters
   */
  public static String identityOfEarns(String format, String clientId, int batchSize) {
    var client = clientId.matches(SHORT_ID) ? clientId : "#" + digest(clientId);
    return "format=%s client=%s endpoint=%s"
        .formatted(format, client, batchSize == 1 ? "earn" : "earn/batch");
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

  private static String digest(String text) {
    try {
      var bytes = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(bytes, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static String numbered(String key, int number) {
    return number == 1 ? key : key + "_" + number;
  }
}
