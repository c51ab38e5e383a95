package com.xxxchatnow.loyalty.cli.topics;

import com.xxxchatnow.loyalty.schemas.Topic;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A topic as it is, or as it shall be.
 *
 * @param config as Kafka names it; of a live topic: the values in effect
 */
record TopicState(String name, int partitions, int replicas, Map<String, String> config) {
  static final String MIN_INSYNC = "min.insync.replicas";

  TopicState {
    config = new TreeMap<>(config);
  }

  /** The catalogue as it shall be. */
  static List<TopicState> of(Collection<Topic<?>> catalogue, int replicas, int minInsync) {
    return catalogue.stream().map(topic -> of(topic, replicas, minInsync)).toList();
  }

  private static TopicState of(Topic<?> topic, int replicas, int minInsync) {
    var config = new TreeMap<>(topic.config());
    config.put(MIN_INSYNC, Integer.toString(minInsync));
    return new TopicState(topic.name(), topic.partitions(), replicas, config);
  }
}
