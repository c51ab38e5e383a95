package com.xxxchatnow.loyalty.kit.worker;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** One record of a key at a time, in their order. A record without a key has no order to keep. */
final class KeyOrder {
  /** Behind a key's running record, its next ones. A key that is here has a running record. */
  private final Map<ByteBuffer, Queue<Delivery>> waiting = new HashMap<>();

  /** Whether it can run at once; otherwise it waits for the record of its key before it. */
  boolean isFirst(Delivery delivery) {
    var record = delivery.record();
    if (record.key() == null) return true;
    var key = ByteBuffer.wrap(record.key());
    var behind = waiting.get(key);
    if (behind == null) waiting.put(key, new ArrayDeque<>());
    else behind.add(delivery);
    return behind == null;
  }

  /** The record that can run when this one is finished. */
  Optional<Delivery> after(Delivery finished) {
    var record = finished.record();
    if (record.key() == null) return Optional.empty();
    var key = ByteBuffer.wrap(record.key());
    var following = waiting.get(key).poll();
    if (following == null) waiting.remove(key);
    return Optional.ofNullable(following);
  }
}
