package com.xxxchatnow.loyalty.rrr.api;

import java.util.Objects;

/**
 * One purchase of a batch.
 *
 * @param idempotencyKey the key it would have as a single call: RRR keeps the two apart from
 *     nothing else
 */
public record EarnItem(EarnRequest request, String idempotencyKey) {
  public EarnItem {
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(idempotencyKey, "idempotencyKey");
  }
}
