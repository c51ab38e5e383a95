package com.xxxchatnow.loyalty.rrr.api;

import java.util.Objects;

/**
 * One purchase of a batch.
 *
 * @param idempotencyKey sent as the item's {@code source_ref}, by which RRR knows it in every batch
 * @param keyFormat of an item that may have been sent under it; null: the client's own
 */
public record EarnItem(EarnRequest request, String idempotencyKey, KeyFormat keyFormat) {
  public EarnItem {
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(idempotencyKey, "idempotencyKey");
  }

  public EarnItem(EarnRequest request, String idempotencyKey) {
    this(request, idempotencyKey, null);
  }
}
