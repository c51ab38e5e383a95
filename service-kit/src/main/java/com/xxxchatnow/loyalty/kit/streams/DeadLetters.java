package com.xxxchatnow.loyalty.kit.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.deadletter.Rejections;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Puts a record that can't be processed on the dead letter topic of its source, announces the
 * rejection where its publisher is to know, and counts it.
 */
public final class DeadLetters {
  /**
   * For key and value together, bytes: under Kafka's default limit of 1 MiB for a record, which
   * counts before compression. Headers are bounded by {@link DeadLetter}.
   */
  private static final int MAX_BYTES = 900 * 1024;

  private static final int MAX_KEY_BYTES = 1024;

  private final String service;
  private final String sink;
  private final String rejectionsSink;
  private final Rejections rejections;
  private final BiConsumer<String, Reason> counter;
  private final Clock clock;

  /**
   * @param service the one that writes them
   * @param sink the node that writes the dead letter topic
   * @param rejectionsSink the node that writes {@code loyalty.rejections.v1}
   * @param counter given the source topic and the reason of each
   */
  public DeadLetters(
      String service,
      String sink,
      String rejectionsSink,
      Rejections rejections,
      BiConsumer<String, Reason> counter,
      Clock clock) {
    this.service = service;
    this.sink = sink;
    this.rejectionsSink = rejectionsSink;
    this.rejections = rejections;
    this.counter = counter;
    this.clock = clock;
  }

  /**
   * Forwards the dead letter of the record that the task is working on.
   *
   * @param detail what is wrong, without any of the record's values
   */
  public void forward(
      ProcessorContext<byte[], byte[]> context,
      Record<byte[], byte[]> record,
      Reason reason,
      String detail) {
    var cut = length(record.key()) + length(record.value()) > MAX_BYTES;
    var source = source(context, cut ? cut(record) : record);
    counter.accept(source.topic(), reason);
    var deadLetter = new DeadLetter(source, reason, detail, 0, null);
    var letter = deadLetter.record(service, clock);
    if (cut)
      letter.headers().add(DeadLetter.CUT, "the source's value is too large".getBytes(UTF_8));
    var now = clock.millis();
    context.forward(new Record<>(letter.key(), letter.value(), now, letter.headers()), sink);
    rejections
        .of(deadLetter, null, null)
        .ifPresent(rejected ->
            context.forward(new Record<>(rejected.key(), rejected.value(), now), rejectionsSink));
  }

  private static int length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** Without what is too large: it stays at the source, whose place the dead letter names. */
  private static Record<byte[], byte[]> cut(Record<byte[], byte[]> record) {
    var key = length(record.key()) > MAX_KEY_BYTES ? null : record.key();
    return new Record<>(key, null, record.timestamp(), record.headers());
  }

  /** The record that the task is working on, as its topic has it. */
  public static ConsumerRecord<byte[], byte[]> source(
      ProcessorContext<?, ?> context, Record<byte[], byte[]> record) {
    var place = context.recordMetadata().orElseThrow();
    return new ConsumerRecord<>(
        place.topic(),
        place.partition(),
        place.offset(),
        record.timestamp(),
        TimestampType.CREATE_TIME,
        ConsumerRecord.NULL_SIZE,
        ConsumerRecord.NULL_SIZE,
        record.key(),
        record.value(),
        new RecordHeaders(record.headers().toArray()),
        Optional.empty());
  }
}
