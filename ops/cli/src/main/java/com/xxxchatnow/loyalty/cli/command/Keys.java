package com.xxxchatnow.loyalty.cli.command;

import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import org.apache.kafka.common.utils.Utils;

/** Keys: of records and their partitions, and of calls to RRR. */
public final class Keys {
  private Keys() {}

  /** Where Kafka's default partitioner puts a key: a promise of its clients since 0.8.2. */
  static int partition(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  /** The Idempotency-Key of a purchase's earn, as the earn processor makes it. */
  public static String ofEarn(String kind, String orderId, String lineId) {
    var purchase =
        kind.equals(PurchaseKind.MEMBERSHIP_PURCHASE.name())
            ? PurchaseKind.MEMBERSHIP_PURCHASE
            : PurchaseKind.TOKEN_PURCHASE;
    return IdempotencyKeys.earn(purchase, orderId, lineId);
  }
}
