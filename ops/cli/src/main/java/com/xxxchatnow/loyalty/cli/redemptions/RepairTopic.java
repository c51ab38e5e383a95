package com.xxxchatnow.loyalty.cli.redemptions;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Asks the saga for a repair of one order and waits for its answer: the saga announces the next
 * version, or puts the repair into the dead letters and says why.
 */
final class RepairTopic {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Topic<RepairRequested> REPAIRS = Topics.REDEMPTION_REPAIRS;
  private static final String REFUSED = REPAIRS.name() + Topic.DEAD_LETTER_SUFFIX;

  private final Clients clients;
  private final byte[] key;
  private Map<TopicPartition, Long> announced;
  private Map<TopicPartition, Long> refused;

  /** To be made before the redemption is looked at: answers are looked for from now on. */
  RepairTopic(Clients clients, String orderId) {
    this.clients = clients;
    this.key = orderId.getBytes(UTF_8);
    this.announced = scan(Topics.REDEMPTIONS.name()).ends();
    this.refused = scan(REFUSED).ends();
  }

  /**
   * Answers the version that the repair led to.
   *
   * @throws UserError when the saga refuses it, or does not answer in time
   */
  RedemptionStatusChanged ask(RepairRequested repair) throws InterruptedException {
    var place = clients.publish(REPAIRS, repair.getOrderId(), repair);
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      failWhenRefused(place);
      var next = next(repair);
      if (next != null) return next;
    } while (!clients.stop().within(PAUSE) && System.nanoTime() < deadline);
    throw UserError.unavailable(
        "asked, but the saga has not answered yet: it will once it runs; see: redemptions show "
            + repair.getOrderId(),
        null);
  }

  private void failWhenRefused(RecordMetadata place) {
    var mine = place.partition() + ":" + place.offset();
    refused =
        scan(REFUSED)
            .at(refused)
            .each(record -> {
              var failed = FailedRecord.of(record);
              if (mine.equals(failed.sourcePlace()))
                throw UserError.refused("the saga refuses it: " + failed.detail());
            });
  }

  private RedemptionStatusChanged next(RepairRequested repair) {
    var next = new AtomicReference<RedemptionStatusChanged>();
    try (var values = clients.serdes().<RedemptionStatusChanged>deserializer()) {
      announced =
          scan(Topics.REDEMPTIONS.name())
              .at(announced)
              .each(record -> {
                var change = values.deserialize(record.topic(), record.value());
                if (follows(change, repair)) next.set(change);
              });
    }
    return next.get();
  }

  private static boolean follows(RedemptionStatusChanged change, RepairRequested repair) {
    return change.getOrderId().equals(repair.getOrderId())
        && change.getVersion() == repair.getExpectedVersion() + 1
        && repair.getOperator().equals(change.getOperator())
        && repair.getNote().equals(change.getNote());
  }

  private Scan scan(String topic) {
    return Scan.of(clients, topic).ofKey(key);
  }
}
