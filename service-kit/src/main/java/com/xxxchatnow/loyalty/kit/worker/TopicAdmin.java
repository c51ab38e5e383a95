package com.xxxchatnow.loyalty.kit.worker;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the brokers, and not a client's cache, say of a topic now. */
final class TopicAdmin implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5_000;

  private final Admin admin;
  private final String topic;

  TopicAdmin(WorkerConfig config, String clientId) {
    var own =
        Map.of("default.api.timeout.ms", TIMEOUT_MILLIS, "request.timeout.ms", TIMEOUT_MILLIS);
    this.admin = Admin.create(config.kafka().client(clientId + "-topic", own));
    this.topic = config.topic();
  }

  /**
   * Number of partitions; 0: the topic does not exist.
   *
   * @throws KafkaException when the brokers don't say within 5 s
   */
  int partitions() {
    try {
      return get(admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
          .partitions()
          .size();
    } catch (UnknownTopicOrPartitionException unknown) {
      return 0;
    }
  }

  /**
   * The ends of the logs, with what a transaction that is still open has written.
   *
   * @throws KafkaException when the brokers don't say within 5 s
   */
  Map<TopicPartition, Long> logEnds(Set<TopicPartition> partitions) {
    var latest =
        partitions.stream().collect(Collectors.toMap(each -> each, _ -> OffsetSpec.latest()));
    var options = new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED);
    return get(admin.listOffsets(latest, options).all()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().offset()));
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ZERO);
  }

  static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof RuntimeException cause
          ? cause
          : new KafkaException(failure.getCause());
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
  }
}
