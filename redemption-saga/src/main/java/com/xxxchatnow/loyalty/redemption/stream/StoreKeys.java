package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.utils.Bytes;

/**
 * The keys of the one store, in three groups: an order's id; behind a byte that no UTF-8 text has,
 * the deadlines by time; behind another, the states by time. Stored: they stay as they are.
 */
final class StoreKeys {
  private static final byte DEADLINE = (byte) 0xFE;
  private static final byte STATUS = (byte) 0xFF;
  private static final int TIME_OF_DEADLINE = 1;
  private static final int TIME_OF_STATUS = 2;

  /** Behind all deadlines. */
  static final Bytes NO_DEADLINE = Bytes.wrap(new byte[] {STATUS});

  private StoreKeys() {}

  static Bytes order(String orderId) {
    return Bytes.wrap(orderId.getBytes(StandardCharsets.UTF_8));
  }

  static Bytes deadline(Redemption redemption) {
    return key(new byte[] {DEADLINE}, redemption.deadline().toEpochMilli(), redemption.orderId());
  }

  /** Before all deadlines at this time or later. */
  static Bytes deadlines(long millis) {
    return key(new byte[] {DEADLINE}, millis, "");
  }

  /** The time of a deadline's key, in epoch milliseconds. */
  static long deadline(Bytes key) {
    return ByteBuffer.wrap(key.get()).getLong(TIME_OF_DEADLINE);
  }

  static String orderOfDeadline(Bytes key) {
    return order(key, TIME_OF_DEADLINE);
  }

  static Bytes status(Redemption redemption) {
    var prefix = statuses(redemption.status());
    return key(prefix, redemption.at().toEpochMilli(), redemption.orderId());
  }

  /** What all keys of a status begin with. */
  static byte[] statuses(RedemptionStatus status) {
    return new byte[] {STATUS, code(status)};
  }

  /** Since when the redemption of a status' key is in it. */
  static Instant since(Bytes key) {
    return Instant.ofEpochMilli(ByteBuffer.wrap(key.get()).getLong(TIME_OF_STATUS));
  }

  static String orderOfStatus(Bytes key) {
    return order(key, TIME_OF_STATUS);
  }

  private static Bytes key(byte[] prefix, long millis, String orderId) {
    var id = orderId.getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(prefix.length + Long.BYTES + id.length);
    return Bytes.wrap(bytes.put(prefix).putLong(millis).put(id).array());
  }

  private static String order(Bytes key, int time) {
    var from = time + Long.BYTES;
    return new String(key.get(), from, key.get().length - from, StandardCharsets.UTF_8);
  }

  /** A status keeps its code when others are added before it. */
  private static byte code(RedemptionStatus status) {
    return switch (status) {
      case UNKNOWN -> 0;
      case QUOTING -> 1;
      case QUOTED -> 2;
      case REJECTED -> 3;
      case COMMITTING -> 4;
      case COMMITTED -> 5;
      case COMMIT_FAILED -> 6;
      case CANCELLED -> 7;
      case EXPIRED -> 8;
      case REVERSING -> 9;
      case REVERSED -> 10;
      case REVERSE_FAILED -> 11;
    };
  }
}
