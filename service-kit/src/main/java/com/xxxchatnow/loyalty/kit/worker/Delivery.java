package com.xxxchatnow.loyalty.kit.worker;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record as its {@link Worker.Handler} is given it.
 *
 * @param maybeAttempted whether a former owner of the partition, or this process before it built
 *     its clients anew, may have begun to handle it: its side effect may have happened. True only
 *     for records read after an assignment that the committed progress names as unfinished or that
 *     lie at most one window (what a worker holds at a time) behind its end; everything behind them
 *     is handled for the first time
 */
public record Delivery(ConsumerRecord<byte[], byte[]> record, boolean maybeAttempted) {
  /** What a record takes beside its bytes, roughly: measured with small records. */
  private static final int OVERHEAD = 300;

  /** Bytes of the heap that it takes while it is held, roughly. */
  long size() {
    var size = OVERHEAD + length(record.key()) + length(record.value());
    for (Header header : record.headers())
      size += OVERHEAD / 2 + header.key().length() + length(header.value());
    return size;
  }

  private static long length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
