package com.xxxchatnow.loyalty.kit.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The two Kafka clients of a {@link Worker}, and the reasons for their properties. */
final class WorkerClients {
  /** By so many records a partition may overshoot its bounds: a batch may hold large ones. */
  static final int MAX_POLL_RECORDS = 50;

  /** What a record of 64 KiB takes in all partitions while it is decoded, sent and answered. */
  private static final int LARGE_RECORD = 512 << 10;

  /**
   * How long an open transaction of a killed process may hold up the partition's next owner and the
   * results' readers: the broker ends it then. Sends give up before it does.
   */
  private static final int TRANSACTION_MILLIS = 15_000;

  /** How soon the members of a group with a session of its own hear of a rebalance. */
  private static final int HEARTBEAT_MILLIS = 500;

  /** A transaction's results wait for its flush, and go in one request. */
  private static final int LINGER_MILLIS = 20;

  private static final int DELIVERY_MILLIS = 12_000;
  private static final int REQUEST_MILLIS = 5_000;

  /** The broker and the topic decide what is too large, not the client. */
  private static final int MAX_REQUEST_BYTES = 16 << 20;

  private static final int BUFFER_BYTES = MAX_REQUEST_BYTES;

  /** What one answer of a broker holds at most, and of it one partition; Kafka's defaults. */
  private static final int MAX_FETCH_BYTES = 50 << 20;

  private static final int MAX_PARTITION_BYTES = 1 << 20;

  private WorkerClients() {}

  static Consumer<byte[], byte[]> consumer(WorkerConfig config, String clientId) {
    var own = new HashMap<String, Object>();
    own.put("group.id", config.group());
    own.put("enable.auto.commit", false);
    own.put("isolation.level", "read_committed");
    own.put("auto.offset.reset", "earliest");
    own.put("allow.auto.create.topics", false);
    own.put("max.poll.records", pollRecords(config));
    own.put("fetch.max.bytes", fetchBytes(config));
    own.put("max.partition.fetch.bytes", Math.min(MAX_PARTITION_BYTES, fetchBytes(config)));
    own.putAll(protocol(config, clientId));
    return new KafkaConsumer<>(
        config.kafka().client(clientId, own),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** Each partition may overshoot its bound by one poll: on a small heap that is fewer records. */
  private static int pollRecords(WorkerConfig config) {
    return Math.clamp(config.maxHeldBytes() / LARGE_RECORD, 1, MAX_POLL_RECORDS);
  }

  /** The consumer keeps one answer of each broker beside what the worker holds. */
  private static int fetchBytes(WorkerConfig config) {
    return Math.clamp(config.maxHeldBytes() / 2, 1, MAX_FETCH_BYTES);
  }

  /**
   * A producer that has ended whatever transaction an earlier one with the same id left open.
   *
   * @param transactionalId the process's own: two instances never share one, because fencing is by
   *     the group's generation (KIP-447) and not by the id; a process keeps its id over rebuilds,
   *     so that a rebuilt producer ends its predecessor's transaction at once
   */
  static Producer<byte[], byte[]> producer(WorkerConfig config, String transactionalId) {
    Map<String, Object> own =
        Map.of(
            "transactional.id", transactionalId,
            "transaction.timeout.ms", TRANSACTION_MILLIS,
            "delivery.timeout.ms", DELIVERY_MILLIS,
            "request.timeout.ms", REQUEST_MILLIS,
            "max.block.ms", DELIVERY_MILLIS,
            "linger.ms", LINGER_MILLIS,
            "buffer.memory", BUFFER_BYTES,
            "max.request.size", MAX_REQUEST_BYTES);
    var producer =
        new KafkaProducer<>(
            config.kafka().client(transactionalId, own),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    try {
      producer.initTransactions();
      return producer;
    } catch (TransactionalIdAuthorizationException denied) {
      producer.close(Duration.ZERO);
      // Kafka's message does not say of which id.
      var named =
          new TransactionalIdAuthorizationException(
              "Not authorized to use transactional id: " + transactionalId);
      named.initCause(denied);
      throw named;
    } catch (RuntimeException failure) {
      producer.close(Duration.ZERO);
      throw failure;
    }
  }

  /**
   * Ends a start under another identity at once, and not only when the first record comes.
   *
   * @throws WorkerIdentity.ChangedException when the group's progress was made under another one
   */
  static void checkIdentity(WorkerConfig config, String clientId) {
    if (config.identity() == null) return;
    var settings = config.kafka().client(clientId + "-identity", Map.of());
    try (var admin = Admin.create(settings)) {
      WorkerIdentity.recorded(admin, config.topic(), config.group())
          .forEach((partition, recorded) ->
              WorkerIdentity.check(partition, recorded.identity(), config.identity()));
    }
  }

  /**
   * The consumer group protocol of KIP-848 where the cluster has it, else the classic one; and the
   * classic one where the service has its own session, because in the other the cluster decides
   * that, and how long a revoked partition is with nobody (5 s and more by default).
   */
  private static Map<String, Object> protocol(WorkerConfig config, String clientId) {
    if (config.session() != null)
      return classic((int) config.session().toMillis(), HEARTBEAT_MILLIS);
    var settings = config.kafka().client(clientId + "-features", Map.of());
    try (var admin = Admin.create(settings)) {
      var group = TopicAdmin.get(admin.describeFeatures().featureMetadata()).finalizedFeatures();
      return group.containsKey("group.version") && group.get("group.version").maxVersionLevel() >= 1
          ? Map.of("group.protocol", "consumer")
          : classic(TRANSACTION_MILLIS, TRANSACTION_MILLIS / 5);
    }
  }

  private static Map<String, Object> classic(int sessionMillis, int heartbeatMillis) {
    return Map.of(
        "group.protocol",
        "classic",
        "session.timeout.ms",
        sessionMillis,
        "heartbeat.interval.ms",
        heartbeatMillis,
        "partition.assignment.strategy",
        CooperativeStickyAssignor.class.getName());
  }
}
