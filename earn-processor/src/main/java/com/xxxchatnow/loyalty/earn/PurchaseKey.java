package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The idempotency key of a purchase's earn. A replayed purchase keeps the format that its dead
 * letter was written under, because RRR may remember a call by it; the key itself always follows
 * from the purchase.
 *
 * @param text before it is formatted
 */
record PurchaseKey(String text, KeyFormat format) {

  /**
   * @param configured of a purchase that is published for the first time
   */
  static PurchaseKey of(
      ConsumerRecord<?, ?> record, PurchaseCompleted purchase, KeyFormat configured) {
    var text =
        IdempotencyKeys.earn(purchase.getKind(), purchase.getOrderId(), purchase.getLineId());
    if (!DeadLetter.isReplayed(record)) return new PurchaseKey(text, configured);
    var own = TraceHeaders.text(record.headers(), DeadLetter.IDEMPOTENCY_KEY).orElse("");
    if (configured.format(text).equals(own)) return new PurchaseKey(text, configured);
    var former =
        Arrays.stream(KeyFormat.values()).filter(each -> each.format(text).equals(own)).findFirst();
    return new PurchaseKey(text, former.orElse(configured));
  }

  /** As RRR is sent it. */
  String sent() {
    return format.format(text);
  }
}
