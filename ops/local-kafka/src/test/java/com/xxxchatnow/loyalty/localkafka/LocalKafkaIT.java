package com.xxxchatnow.loyalty.localkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class LocalKafkaIT {
  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  void a_burst_right_after_creating_the_topic_arrives_whole() throws Exception {
    var kafka = LocalKafka.shared();
    var topic = create(kafka, 12);
    var values = values(5_000);
    try (var producer = producer(kafka, Map.of("delivery.timeout.ms", 20_000))) {
      for (var sent : send(producer, topic, values)) sent.get(90, TimeUnit.SECONDS);
    }
    assertThat(read(kafka, topic, values.size())).containsExactlyInAnyOrderElementsOf(values);
  }

  @Test
  void an_aborted_transaction_is_invisible_and_a_committed_one_is_not() throws Exception {
    var kafka = LocalKafka.shared();
    var topic = create(kafka, 3);
    var transactional = Map.<String, Object>of("transactional.id", UUID.randomUUID().toString());
    try (var producer = producer(kafka, transactional)) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, topic, List.of("aborted")).getFirst().get();
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, topic, List.of("committed"));
      producer.commitTransaction();
    }
    assertThat(read(kafka, topic, 1)).containsExactly("committed");
  }

  @Test
  void a_topic_that_exists_is_said_to_exist() {
    var kafka = LocalKafka.shared();
    var topic = create(kafka, 1);
    assertThatThrownBy(() -> kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1))))
        .isInstanceOf(TopicExistsException.class);
  }

  @Test
  void one_broker_keeps_its_records_while_it_is_stopped() throws Exception {
    try (var kafka = LocalKafka.start();
        var producer = producer(kafka, Map.of())) {
      var topic = create(kafka, 1);
      send(producer, topic, List.of("before")).getFirst().get();
      kafka.stopBroker(1);
      var during = CompletableFuture.supplyAsync(() -> send(producer, topic, List.of("during")));
      kafka.startBroker(1);
      during.get(90, TimeUnit.SECONDS).getFirst().get(90, TimeUnit.SECONDS);
      assertThat(read(kafka, topic, 2)).containsExactly("before", "during");
    }
  }

  @Test
  void three_brokers_lose_nothing_when_the_leader_stops_and_returns() throws Exception {
    try (var kafka = LocalKafka.start(LocalKafkaConfig.threeBrokers());
        var producer = producer(kafka, Map.of("linger.ms", 0))) {
      var topic = create(kafka, 1);
      var partition = new TopicPartition(topic, 0);
      var leader = kafka.leaderOf(partition);
      var sent = new ArrayList<>(send(producer, topic, values(1_000)));
      kafka.stopBroker(leader);
      sent.addAll(send(producer, topic, values(1_000)));
      await().atMost(SOON).until(() -> kafka.leaderOf(partition), now -> now > 0 && now != leader);
      kafka.startBroker(leader);
      sent.addAll(send(producer, topic, values(1_000)));
      for (var one : sent) one.get(90, TimeUnit.SECONDS);
      await().atMost(SOON).until(() -> inSync(kafka, topic), now -> now == 3);
      assertThat(read(kafka, topic, 3_000)).hasSize(3_000);
    }
  }

  @Test
  void three_brokers_take_no_write_that_only_one_of_them_would_have() throws Exception {
    try (var kafka = LocalKafka.start(LocalKafkaConfig.threeBrokers());
        var producer = producer(kafka, Map.of("enable.idempotence", false, "retries", 0))) {
      var topic = create(kafka, 1);
      var leader = kafka.leaderOf(new TopicPartition(topic, 0));
      for (var id = 1; id <= 3; id++) if (id != leader) kafka.stopBroker(id);
      var sent = send(producer, topic, List.of("refused")).getFirst();
      assertThatThrownBy(() -> sent.get(90, TimeUnit.SECONDS))
          .hasCauseInstanceOf(NotEnoughReplicasException.class);
    }
  }

  @Test
  void a_closed_cluster_leaves_no_folder_no_port_and_no_thread(@TempDir Path folder)
      throws Exception {
    LocalKafka.start().close(); // what Kafka starts once for the whole JVM
    var before = threads();
    var port = Ports.free();
    try (var kafka = LocalKafka.start(LocalKafkaConfig.threeBrokers().in(folder))) {
      create(kafka, 12);
      assertThat(folder).isNotEmptyDirectory();
    }
    try (var kafka = LocalKafka.start(LocalKafkaConfig.oneBroker().in(folder).withPort(port))) {
      assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
    }
    assertThat(folder).isEmptyDirectory();
    assertThat(Ports.isFree(port)).isTrue();
    await().atMost(SOON).untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
  }

  @Test
  void a_fixed_port_in_use_fails_at_once_and_leaves_nothing(@TempDir Path folder) throws Exception {
    try (var kafka = LocalKafka.start()) {
      var taken = Integer.parseInt(kafka.bootstrapServers().replaceAll(".*:", ""));
      var config = LocalKafkaConfig.oneBroker().in(folder).withPort(taken);
      assertThatThrownBy(() -> LocalKafka.start(config)).hasStackTraceContaining("bind");
      try (var files = Files.list(folder)) {
        assertThat(files).isEmpty();
      }
    }
  }

  private static Set<Thread> threads() {
    return new HashSet<>(
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !thread.getName().equals("awaitility-thread"))
            .filter(thread -> !thread.isDaemon() || thread.getName().contains("kafka"))
            .toList());
  }

  private static int inSync(LocalKafka kafka, String topic) throws Exception {
    var described = kafka.admin().describeTopics(List.of(topic)).allTopicNames().get();
    return described.get(topic).partitions().getFirst().isr().size();
  }

  private static String create(LocalKafka kafka, int partitions) {
    var topic = "test-" + UUID.randomUUID();
    kafka.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())));
    return topic;
  }

  private static List<String> values(int count) {
    return IntStream.range(0, count).mapToObj(i -> i + "-" + UUID.randomUUID()).toList();
  }

  private static KafkaProducer<String, String> producer(
      LocalKafka kafka, Map<String, Object> config) {
    var all = new HashMap<String, Object>(config);
    all.put("bootstrap.servers", kafka.bootstrapServers());
    all.put("request.timeout.ms", 2_000);
    return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
  }

  private static List<Future<?>> send(
      KafkaProducer<String, String> producer, String topic, List<String> values) {
    var sent = new ArrayList<Future<?>>();
    for (var value : values) sent.add(producer.send(new ProducerRecord<>(topic, value, value)));
    return sent;
  }

  /** All that a {@code read_committed} reader sees, once it has seen that many. */
  private static Collection<String> read(LocalKafka kafka, String topic, int count)
      throws Exception {
    var config =
        Map.<String, Object>of(
            "bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    var values = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .collect(Collectors.toList());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var deadline = System.nanoTime() + SOON.toNanos();
      while (System.nanoTime() < deadline && !atEnd(consumer, partitions, values, count))
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
    }
    return values;
  }

  private static boolean atEnd(
      KafkaConsumer<String, String> consumer,
      List<TopicPartition> partitions,
      List<String> values,
      int count) {
    var ends = consumer.endOffsets(partitions);
    return values.size() >= count
        && partitions.stream().allMatch(p -> consumer.position(p) >= ends.get(p));
  }
}
