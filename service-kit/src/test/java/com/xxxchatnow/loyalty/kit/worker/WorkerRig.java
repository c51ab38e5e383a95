package com.xxxchatnow.loyalty.kit.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.DoubleConsumer;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A topic of its own, workers on it, and a read_committed reader who judges them. */
public final class WorkerRig implements AutoCloseable {
  public final String in = "in-" + UUID.randomUUID();
  final String out = in + "-out";
  final String group = "group-" + UUID.randomUUID();
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final List<Throwable> fatal = new CopyOnWriteArrayList<>();
  public final KafkaSettings settings;
  private final LocalKafka kafka;
  private final List<Worker> workers = new ArrayList<>();

  public WorkerRig(LocalKafka kafka, Map<String, Object> clientConfig) {
    this.kafka = kafka;
    this.settings = new KafkaSettings(kafka.bootstrapServers(), "http://127.0.0.1:1", clientConfig);
  }

  public WorkerRig topics(int partitions) {
    kafka.createTopics(List.of(topic(in, partitions), topic(out, partitions)));
    return this;
  }

  public static NewTopic topic(String name, int partitions) {
    return new NewTopic(name, Optional.of(partitions), Optional.empty());
  }

  WorkerConfig config() {
    return WorkerConfig.of(in, group, settings).withStopWithin(Duration.ofMillis(200));
  }

  Worker worker(Worker.Handler handler) {
    return worker(config(), handler);
  }

  Worker worker(WorkerConfig config, Worker.Handler handler) {
    return worker(config, handler, share -> {});
  }

  Worker worker(WorkerConfig config, Worker.Handler handler, DoubleConsumer share) {
    var worker = new Worker(config, handler, share, metrics, fatal::add).start();
    workers.add(worker);
    return worker;
  }

  /** A handler's results: the record's own key and value, for the results' topic. */
  List<ProducerRecord<byte[], byte[]>> echo(Delivery delivery) {
    var record = delivery.record();
    return List.of(new ProducerRecord<>(out, record.key(), record.value()));
  }

  public static String value(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), UTF_8);
  }

  /** Records 0, 1, … with keys k0 … in turn. */
  public void publish(int records, int keys) {
    try (var producer = producer()) {
      for (var i = 0; i < records; i++) {
        var _ = producer.send(new ProducerRecord<>(in, "k" + i % keys, Integer.toString(i)));
      }
    }
  }

  public void publish(String key, String value) {
    try (var producer = producer()) {
      var _ = producer.send(new ProducerRecord<>(in, key, value));
    }
  }

  /** Records of so many bytes, which take little on the way. */
  void publishLarge(int records, int bytes) {
    try (var producer =
        new KafkaProducer<>(
            settings.client("publisher", Map.of("compression.type", "gzip")),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (var i = 0; i < records; i++) {
        var _ = producer.send(new ProducerRecord<>(in, ("k" + i).getBytes(UTF_8), new byte[bytes]));
      }
    }
  }

  /** The topic gets more partitions. */
  public void grow(int partitions) {
    try {
      kafka.admin().createPartitions(Map.of(in, NewPartitions.increaseTo(partitions))).all().get();
    } catch (InterruptedException | ExecutionException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** A publisher with a transaction of its own. */
  KafkaProducer<String, String> transaction() {
    var own = Map.<String, Object>of("transactional.id", "stranger-" + UUID.randomUUID());
    var producer =
        new KafkaProducer<>(
            settings.client("stranger", own), new StringSerializer(), new StringSerializer());
    producer.initTransactions();
    return producer;
  }

  private KafkaProducer<String, String> producer() {
    return new KafkaProducer<>(
        settings.client("publisher", Map.of()), new StringSerializer(), new StringSerializer());
  }

  public void publish(ProducerRecord<byte[], byte[]> record, Map<String, Object> config) {
    try (var producer =
        new KafkaProducer<>(
            settings.client("publisher", config),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var _ = producer.send(record);
    }
  }

  /** The values in the results' topic per key, as a read_committed reader sees them now. */
  Map<String, List<String>> results() {
    var values = new HashMap<String, List<String>>();
    read(out)
        .forEach(record ->
            values.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(record.value()));
    return values;
  }

  int resultCount() {
    return results().values().stream().mapToInt(List::size).sum();
  }

  List<ConsumerRecord<String, String>> read(String topic) {
    var own = Map.<String, Object>of("isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(
            settings.client("judge", own), new StringDeserializer(), new StringDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      var records = new ArrayList<ConsumerRecord<String, String>>();
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      return records;
    }
  }

  @Override
  public void close() {
    workers.forEach(Worker::close);
  }
}
