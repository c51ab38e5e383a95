package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.RecordRejected;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka, registry and simulator for earn processors, and eyes on what they do. */
final class EarnStack implements AutoCloseable {
  private static final List<Topic<?>> TOPICS =
      List.of(
          Topics.PURCHASES,
          Topics.EARN_RESULTS,
          Topics.LINK_UPDATES,
          Topics.FLAGS,
          Topics.REJECTIONS);

  final LocalKafka kafka;
  private final String registryUrl;
  final Simulator simulator;
  private final AvroSerdes serdes;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<AutoCloseable> instances = new ArrayList<>();
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final Map<String, String> more = new HashMap<>();
  private final Map<String, Reader> readers = new HashMap<>();
  private final List<EarnResult> results = new ArrayList<>();

  EarnStack(SimulatorConfig simulated) {
    this(LocalKafkaConfig.oneBroker(), simulated);
  }

  EarnStack(LocalKafkaConfig brokers, SimulatorConfig simulated) {
    this(brokers, simulated, LocalRegistry.shared().url());
  }

  /**
   * @param registryUrl where the instances reach the shared registry
   */
  EarnStack(LocalKafkaConfig brokers, SimulatorConfig simulated, String registryUrl) {
    var registry = LocalRegistry.shared();
    this.registryUrl = registryUrl;
    // A killed member is missed after a moment, not after the default of 45 s.
    kafka =
        LocalKafka.start(
            brokers
                .with("group.consumer.session.timeout.ms", "3000")
                .with("message.max.bytes", "20000000"));
    simulator = Simulator.start(simulated);
    kafka.createTopics(TOPICS.stream().map(topic -> created(topic)).toList());
    kafka.createTopics(List.of(created(Topics.PURCHASES.deadLetters(EarnProcessor.SERVICE))));
    for (var topic : TOPICS)
      for (var version : ReleasedSchemas.of(topic)) registry.register(topic.subject(), version);
    serdes = new AvroSerdes(registry.url());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 20_000_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  private static NewTopic created(Topic<?> topic) {
    return new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty())
        .configs(topic.config());
  }

  /** Settings that the instances started from now on have besides the ordinary ones. */
  EarnStack with(String name, String value) {
    more.put(name, value);
    return this;
  }

  Map<String, String> env() {
    var env = new HashMap<String, String>();
    env.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
    env.put("SCHEMA_REGISTRY_URL", registryUrl);
    env.put("RRR_API_BASE_URL", simulator.baseUri().toString());
    env.put("RRR_CLIENT_ID", SimulatorConfig.defaults().clientId());
    env.put("RRR_CLIENT_SECRET", SimulatorConfig.defaults().clientSecret());
    env.put("ADMIN_PORT", "0");
    env.putAll(more);
    return env;
  }

  /** An instance in this JVM. */
  Service instance() {
    return instance(UnaryOperator.identity());
  }

  Service instance(UnaryOperator<EarnSettings> change) {
    var service = EarnProcessor.start(Settings.of(env()), change, WorkerConfig.FaultPoints.IGNORED);
    instances.add(service);
    return service;
  }

  /** An instance in a JVM of its own, to be killed. */
  JavaProcess process(Class<?> main, String... args) {
    var process = JavaProcess.of(main).env(env()).args(args).start();
    instances.add(process);
    return process;
  }

  void publish(PurchaseCompleted purchase) {
    send(
        Topics.PURCHASES.name(),
        purchase.getUserId(),
        serdes.<PurchaseCompleted>serializer().serialize(Topics.PURCHASES.name(), purchase));
  }

  void publish(List<PurchaseCompleted> purchases) {
    var serializer = serdes.<PurchaseCompleted>serializer();
    for (var each : purchases)
      post(
          Topics.PURCHASES.name(),
          each.getUserId(),
          serializer.serialize(Topics.PURCHASES.name(), each));
    flush();
  }

  void link(LinkUpdated update) {
    var topic = Topics.LINK_UPDATES.name();
    send(topic, update.getUserId(), serdes.<LinkUpdated>serializer().serialize(topic, update));
  }

  void flag(FlagChanged change) {
    var topic = Topics.FLAGS.name();
    send(topic, change.getName(), serdes.<FlagChanged>serializer().serialize(topic, change));
  }

  byte[] bytes(PurchaseCompleted purchase) {
    return serdes.<PurchaseCompleted>serializer().serialize(Topics.PURCHASES.name(), purchase);
  }

  void send(String topic, String key, byte[] value) {
    var bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    send(new ProducerRecord<>(topic, bytes, value));
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    sent.add(producer.send(record));
    flush();
  }

  /** Sends; {@link #flush()} waits for it. */
  void post(String topic, String key, byte[] value) {
    sent.add(
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value)));
  }

  /** Waits until Kafka has acknowledged what was sent. */
  void flush() {
    producer.flush();
    for (var each : sent)
      if (each.state() == Future.State.FAILED) throw new IllegalStateException(each.exceptionNow());
    sent.clear();
  }

  /** What a read_committed reader sees now. */
  synchronized List<EarnResult> results() {
    var records = read(Topics.EARN_RESULTS.name());
    var deserializer = serdes.<EarnResult>deserializer();
    for (var record : records.subList(results.size(), records.size()))
      results.add(deserializer.deserialize(record.topic(), record.value()));
    return List.copyOf(results);
  }

  EarnResult resultOf(String orderId) {
    var found = results().stream().filter(each -> each.getOrderId().equals(orderId)).toList();
    if (found.size() != 1) throw new AssertionError(orderId + " has results " + found);
    return found.getFirst();
  }

  List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return read(Topics.PURCHASES.name() + Topic.DEAD_LETTER_SUFFIX);
  }

  /** What publishers are told of the records of a user's key. */
  List<RecordRejected> rejections() {
    var deserializer = serdes.<RecordRejected>deserializer();
    return read(Topics.REJECTIONS.name()).stream()
        .map(record -> deserializer.deserialize(record.topic(), record.value()))
        .toList();
  }

  long count(EarnStatus status) {
    return results().stream().filter(each -> each.getStatus() == status).count();
  }

  /** What RRR has booked for purchases. */
  List<LedgerEntry> booked() {
    return simulator.ledger().stream()
        .filter(entry -> entry.type() == LedgerEntry.Type.EARN)
        .toList();
  }

  /** Whoever asks: each topic has one reader, which goes on where it was. */
  private synchronized List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    return readers.computeIfAbsent(topic, Reader::new).toTheEnd();
  }

  private final class Reader {
    private final KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    private final List<TopicPartition> partitions;
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    Reader(String topic) {
      partitions =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    List<ConsumerRecord<byte[], byte[]>> toTheEnd() {
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      return List.copyOf(records);
    }
  }

  boolean hasInstances() {
    return !instances.isEmpty();
  }

  /** Stops what {@link #instance} and {@link #process} started. */
  void stopInstances() {
    instances.forEach(EarnStack::closed);
    instances.clear();
    more.clear();
  }

  private static void closed(AutoCloseable instance) {
    try {
      instance.close();
    } catch (Exception fault) {
      throw new IllegalStateException(fault);
    }
  }

  @Override
  public void close() {
    stopInstances();
    readers.values().forEach(reader -> reader.consumer.close());
    producer.close();
    simulator.close();
    kafka.close();
  }
}
