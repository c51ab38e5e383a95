package com.xxxchatnow.loyalty.cli.topics;

import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;

/** Brings the topics of a cluster to their desired state. */
public final class Provisioning {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PAUSE_MILLIS = 50;

  private Provisioning() {}

  /**
   * Creates the catalogue's topics that are missing and mends settings where nothing can be lost;
   * returns when every partition accepts writes.
   *
   * @param replicas 1 on one machine, 3 in production
   * @param minInsync 1 on one machine, 2 in production
   * @return what was done, a line a change
   * @throws org.apache.kafka.common.KafkaException when the cluster refuses
   */
  public static List<String> apply(Admin admin, int replicas, int minInsync)
      throws InterruptedException {
    var desired = TopicState.of(Topics.ALL, replicas, minInsync);
    var plan = TopicsPlan.of(live(admin), desired, Set.of());
    apply(admin, plan);
    return plan.lines();
  }

  /** Does what the plan can do. */
  static void apply(Admin admin, TopicsPlan plan) throws InterruptedException {
    var creations = new ArrayList<NewTopic>();
    var partitions = new HashMap<String, NewPartitions>();
    var configs = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
    for (var change : plan.doable()) {
      switch (change) {
        case TopicChange.Create create -> creations.add(newTopic(create.wanted()));
        case TopicChange.Partitions more ->
            partitions.put(more.topic(), NewPartitions.increaseTo(more.to()));
        case TopicChange.Config config ->
            configs
                .computeIfAbsent(resource(config.topic()), _ -> new ArrayList<>())
                .add(set(config.what(), config.to()));
        case TopicChange.Replicas replicas ->
            throw new IllegalStateException("never doable: " + replicas.line());
      }
    }
    Failures.await(admin.createTopics(creations).all());
    Failures.await(admin.createPartitions(partitions).all());
    Failures.await(admin.incrementalAlterConfigs(configs).all());
    awaitLeaders(admin, creations.stream().map(NewTopic::name).toList());
  }

  /** Every topic of the cluster but Kafka's own. */
  static List<TopicState> live(Admin admin) throws InterruptedException {
    var names = Failures.await(admin.listTopics().names());
    var topics = Failures.await(admin.describeTopics(names).allTopicNames());
    var resources = names.stream().map(Provisioning::resource).toList();
    var configs = Failures.await(admin.describeConfigs(resources).all());
    return topics.values().stream()
        .map(topic -> {
          var config = new HashMap<String, String>();
          configs
              .get(resource(topic.name()))
              .entries()
              .forEach(entry -> config.put(entry.name(), entry.value()));
          return new TopicState(topic.name(), topic.partitions().size(), replicas(topic), config);
        })
        .toList();
  }

  private static int replicas(TopicDescription topic) {
    return topic.partitions().stream()
        .mapToInt(partition -> partition.replicas().size())
        .min()
        .orElse(0);
  }

  private static NewTopic newTopic(TopicState wanted) {
    return new NewTopic(
            wanted.name(), Optional.of(wanted.partitions()), Optional.of((short) wanted.replicas()))
        .configs(wanted.config());
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  /**
   * Kafka says "created" before the brokers host the partitions; an idempotent producer that writes
   * at once may have its first batch refused and then waits for its delivery timeout.
   */
  private static void awaitLeaders(Admin admin, List<String> names) throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!names.isEmpty()) {
      try {
        Failures.await(admin.listOffsets(ends(admin, names)).all());
        return;
      } catch (RetriableException notYet) {
        if (System.nanoTime() > deadline) throw notYet;
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  private static Map<TopicPartition, OffsetSpec> ends(Admin admin, List<String> names)
      throws InterruptedException {
    var ends = new HashMap<TopicPartition, OffsetSpec>();
    for (var topic : Failures.await(admin.describeTopics(names).allTopicNames()).values())
      for (var partition : topic.partitions())
        ends.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest());
    return ends;
  }
}
