package com.xxxchatnow.loyalty.bench;

import com.xxxchatnow.loyalty.kit.follower.TopicFollower;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The baseline: what one transaction takes on this machine beside the same load, from its beginning
 * to a read_committed reader of its only record.
 */
final class BareTransactions implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(50);
  private static final double NANOS_A_MILLI = 1e6;

  private final String topic = Topics.PURCHASES.name();
  private final List<Double> millis = new CopyOnWriteArrayList<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final TopicFollower reader;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  BareTransactions(KafkaSettings kafka) {
    producer =
        new KafkaProducer<>(
            kafka.client("bare", Map.of("transactional.id", "bare")),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
    reader =
        new TopicFollower(
            topic, From.BEGINNING, "bare-reader", kafka, record -> read(record.value()));
    var _ = clock.scheduleAtFixedRate(this::once, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  Percentiles percentiles() {
    return Percentiles.of(millis);
  }

  private void once() {
    var now = ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array();
    producer.beginTransaction();
    var _ = producer.send(new ProducerRecord<>(topic, now));
    producer.commitTransaction();
  }

  private void read(byte[] value) {
    millis.add((System.nanoTime() - ByteBuffer.wrap(value).getLong()) / NANOS_A_MILLI);
  }

  @Override
  public void close() {
    clock.shutdown();
    try {
      if (!clock.awaitTermination(10, TimeUnit.SECONDS))
        throw new IllegalStateException("a transaction does not end");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    reader.close();
    producer.close();
  }
}
