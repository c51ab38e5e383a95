package com.xxxchatnow.loyalty.redemption.stream;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Finds out that another instance advertises this one's host and port. The group then takes the two
 * for one, which has what the last one of them has, and nobody finds the orders of the other.
 */
final class AdvertisedEndpoint {
  /** A rebalance reaches the instances one after the other, and is over sooner. */
  private static final Duration LASTS = Duration.ofSeconds(10);

  private final HostInfo self;
  private final Duration lasts;
  private long since;
  private boolean suspected;

  AdvertisedEndpoint(HostInfo self) {
    this(self, LASTS);
  }

  AdvertisedEndpoint(HostInfo self, Duration lasts) {
    this.self = self;
    this.lasts = lasts;
  }

  /** What is wrong with it, or empty; to be called again and again while Kafka Streams runs. */
  Optional<String> problem(KafkaStreams streams) {
    var said = new HashSet<Integer>();
    for (var instance : streams.metadataForAllStreamsClients())
      if (instance.hostInfo().equals(self)) said.addAll(partitions(instance));
    var here = new HashSet<Integer>();
    for (var thread : streams.metadataForLocalThreads())
      for (var task : thread.activeTasks()) here.add(task.taskId().partition());
    return problem(said, here);
  }

  /**
   * The same.
   *
   * @param said the partitions that the group takes this endpoint to have
   * @param here those that this instance has
   */
  synchronized Optional<String> problem(Set<Integer> said, Set<Integer> here) {
    if (here.equals(said)) {
      suspected = false;
      return Optional.empty();
    }
    if (!suspected) since = System.nanoTime();
    suspected = true;
    return System.nanoTime() - since < lasts.toNanos()
        ? Optional.empty()
        : Optional.of(
            "another instance advertises %s:%d too, so that queries do not find this one's orders;"
                    .formatted(self.host(), self.port())
                + " set REDEMPTION_QUERY_HOST to a name of each instance's own");
  }

  private static Set<Integer> partitions(StreamsMetadata instance) {
    var partitions = new HashSet<Integer>();
    for (TopicPartition each : instance.topicPartitions()) partitions.add(each.partition());
    return partitions;
  }
}
