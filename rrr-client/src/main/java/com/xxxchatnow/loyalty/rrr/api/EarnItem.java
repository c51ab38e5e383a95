package com.xxxchatnow.loyalty.rrr.api;

import java.util.Objects;

/**
 * One purchase of a batch.
 *
 * @param idempotencyKey sent as the item's {@code source_ref}, by which RRR knows it in every batch
 */
public record EarnItem(EarnRequest request, String idempotencyKey) {
  public EarnItem {
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(idempotencyKey, "idempotencyKey");
  }
}
