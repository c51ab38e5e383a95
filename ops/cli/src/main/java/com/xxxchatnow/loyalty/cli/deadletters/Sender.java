package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Sends dead letters to their source topics at a rate: key, value bytes and headers as they are,
 * and {@code dlt.replays} one higher. The record is published now, because a topic's retention goes
 * by that time; when it was published first, a header keeps.
 */
final class Sender {
  /** As much is made up for as a sleep may be late. */
  private static final long CATCH_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final KafkaProducer<byte[], byte[]> producer;
  private final Clock clock;
  private final Edit edit;
  private final String runId;
  private final long interval;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Map<TopicPartition, Long> places = new ConcurrentHashMap<>();
  private long due = System.nanoTime();
  private long sent;

  /**
   * @param rate records a second
   */
  Sender(
      KafkaProducer<byte[], byte[]> producer, Clock clock, Edit edit, String runId, double rate) {
    this.producer = producer;
    this.clock = clock;
    this.edit = edit;
    this.runId = runId;
    this.interval = (long) (TimeUnit.SECONDS.toNanos(1) / rate);
  }

  /**
   * Hands a record to the producer when its time has come.
   *
   * @param unearned RRR's ledger shows that its key was never used
   */
  void send(FailedRecord failed, boolean unearned) throws InterruptedException {
    pace();
    var _ =
        producer.send(
            record(failed, unearned),
            (place, exception) -> {
              if (exception != null) failure.compareAndSet(null, exception);
              else
                places.merge(
                    new TopicPartition(place.topic(), place.partition()),
                    place.offset(),
                    Math::max);
            });
    sent++;
  }

  /**
   * Returns when the broker has everything.
   *
   * @throws UserError when it refused a record
   */
  void flush() {
    producer.flush();
    var failed = failure.get();
    if (failed != null)
      throw UserError.unavailable(
          "a record could not be sent: %s; the same command goes on from the last position"
              .formatted(Failures.line(failed)),
          failed);
  }

  long sent() {
    return sent;
  }

  /** The last offset sent to, by source partition. */
  Map<TopicPartition, Long> places() {
    return Map.copyOf(places);
  }

  /** A pause, such as the canary's, is not made up for: the readers would get it all at once. */
  private void pace() throws InterruptedException {
    var now = System.nanoTime();
    if (due > now) TimeUnit.NANOSECONDS.sleep(due - now);
    due = Math.max(due, now - CATCH_UP_NANOS) + interval;
  }

  private ProducerRecord<byte[], byte[]> record(FailedRecord failed, boolean unearned) {
    var record = failed.record();
    var headers = new RecordHeaders(record.headers().toArray());
    put(headers, DeadLetter.REPLAYS, Integer.toString(failed.replays() + 1));
    put(headers, FailedRecord.REPLAY_ID, runId);
    // A key that was never used is as good as new; the age of any other must outlive the replay.
    var keySince = unearned ? clock.instant() : failed.publishedAt();
    put(headers, DeadLetter.SOURCE_TIMESTAMP, Long.toString(keySince.toEpochMilli()));
    if (!edit.none()) {
      headers.remove(Edit.ORIGINAL);
      headers.add(Edit.ORIGINAL, record.value());
    }
    return new ProducerRecord<>(
        failed.sourceTopic(), null, record.key(), edit.apply(failed), headers);
  }

  private static void put(RecordHeaders headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
