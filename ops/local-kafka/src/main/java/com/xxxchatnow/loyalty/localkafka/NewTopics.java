package com.xxxchatnow.loyalty.localkafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/** Creates topics and waits until their leaders answer. */
final class NewTopics {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private NewTopics() {}

  static void create(Admin admin, Collection<NewTopic> topics) {
    if (topics.isEmpty()) return;
    await(admin.createTopics(topics).all());
    var names = topics.stream().map(NewTopic::name).toList();
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        var described = await(admin.describeTopics(names).allTopicNames());
        await(admin.listOffsets(ends(described)).all());
        return;
      } catch (RetriableException notYet) {
        if (System.nanoTime() > deadline) throw notYet;
      }
    }
  }

  private static Map<TopicPartition, OffsetSpec> ends(Map<String, TopicDescription> topics) {
    var ends = new HashMap<TopicPartition, OffsetSpec>();
    topics.forEach((name, topic) -> {
      for (var partition : topic.partitions())
        ends.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest());
    });
    return ends;
  }

  /** The value; Kafka's own exception when there is none. */
  static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) throw cause;
      throw new KafkaException(failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new KafkaException(interrupted);
    }
  }
}
