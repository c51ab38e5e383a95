package com.xxxchatnow.loyalty.cli.command;

import org.apache.kafka.common.utils.Utils;

/** Keys: of records and their partitions, and of calls to RRR (contract, "Decision, keys"). */
public final class Keys {
  private static final String FIRST_LINE = "1";

  private Keys() {}

  /** Where Kafka's default partitioner puts a key: a promise of its clients since 0.8.2. */
  static int partition(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  /** The Idempotency-Key of a purchase's earn, as the earn processor makes it. */
  public static String ofEarn(String kind, String orderId, String lineId) {
    var operation = kind.equals("MEMBERSHIP_PURCHASE") ? "membership_purchase" : "token_purchase";
    return lineId.equals(FIRST_LINE)
        ? operation + "_" + orderId
        : operation + ":" + lineId + ":" + orderId;
  }
}
