package com.xxxchatnow.loyalty.rrr.api;

/** The result of one item of a batch; results come in the order of the items. */
public sealed interface EarnItemResult {

  /** The item's key as it stood in the request. */
  String idempotencyKey();

  record Accepted(String idempotencyKey, Earned earned) implements EarnItemResult {}

  /**
   * @param code RRR's error code of this item
   * @param detail for an operator: no ids, no PII
   */
  record Rejected(String idempotencyKey, Refusal why, String code, String detail)
      implements EarnItemResult {}

  /**
   * RRR did not take this item for now ({@code RATE_LIMITED}, {@code INTERNAL_ERROR}, …). It is not
   * refused: send it again as a batch of one, in a further round, because RRR gives the same answer
   * to the same batch. Never as a single earn, whose endpoint knows nothing of it.
   */
  record Undecided(String idempotencyKey, String code) implements EarnItemResult {}
}
