package com.xxxchatnow.loyalty.kit.streams;

import java.time.Clock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's timestamp, or the time of reading: Kafka takes records without a timestamp (-1), and
 * Kafka Streams would end its thread at one.
 */
public record TimestampOrNow(Clock clock) implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return record.timestamp() < 0 ? clock.millis() : record.timestamp();
  }
}
