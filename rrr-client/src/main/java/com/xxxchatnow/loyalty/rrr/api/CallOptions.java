package com.xxxchatnow.loyalty.rrr.api;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * What goes with a call beside its business payload.
 *
 * @param idempotencyKey sent with a mutation, the same one however often it is repeated; null for
 *     reads and for a batch, whose key is made of its items' keys
 * @param trace sent as {@code X-Request-Trace}, carried across services
 * @param priority who goes first when the rate limit is short
 * @param deadline when to stop with {@link Outcome.Unanswered}; null: go on until RRR gives a
 *     definite answer
 * @param traceparent W3C trace context, or null
 * @param keyFormat of an earn that may have been made under it; null: the client's own
 */
public record CallOptions(
    String idempotencyKey,
    UUID trace,
    Priority priority,
    Instant deadline,
    String traceparent,
    KeyFormat keyFormat) {
  public CallOptions {
    Objects.requireNonNull(trace, "trace");
    Objects.requireNonNull(priority, "priority");
  }

  public CallOptions(String idempotencyKey, UUID trace, Priority priority, Instant deadline) {
    this(idempotencyKey, trace, priority, deadline, null);
  }

  public CallOptions(
      String idempotencyKey, UUID trace, Priority priority, Instant deadline, String traceparent) {
    this(idempotencyKey, trace, priority, deadline, traceparent, null);
  }

  /** A read, or a batch, that goes on until RRR gives a definite answer. */
  public static CallOptions untilAnswered(UUID trace) {
    return new CallOptions(null, trace, Priority.NORMAL, null);
  }

  /** A mutation that goes on until RRR gives a definite answer. */
  public static CallOptions untilAnswered(String idempotencyKey, UUID trace) {
    return new CallOptions(idempotencyKey, trace, Priority.NORMAL, null);
  }
}
