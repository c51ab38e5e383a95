package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a replay is: the position of a consumer group, which outlives the process. It is a static
 * member of its group, so that a run that was killed is followed at once, and one that still runs
 * is fenced.
 */
final class ReplayPosition implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MAX_PAUSE_MILLIS = 3_600_000;
  private static final int MAX_POLL = 500;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> ends;
  private final Map<TopicPartition, OffsetAndMetadata> handled = new HashMap<>();
  private final Map<TopicPartition, Long> committed = new HashMap<>();

  /**
   * @param plan says where the replay begins and ends; what comes later is not part of it
   */
  ReplayPosition(Clients clients, Replay.Order order, ReplayPlan plan) {
    this.ends = plan.ends();
    this.consumer =
        clients.consumer(
            Map.of(
                "group.id",
                order.group(),
                "group.instance.id",
                "loyalty-cli",
                "max.poll.interval.ms",
                MAX_PAUSE_MILLIS,
                "max.poll.records",
                MAX_POLL));
    consumer.subscribe(List.of(order.topic()), new Beginning(plan.starts()));
  }

  ConsumerRecords<byte[], byte[]> poll() {
    return consumer.poll(POLL);
  }

  boolean atEnd() {
    var mine = consumer.assignment();
    return !mine.isEmpty()
        && mine.stream().allMatch(each -> consumer.position(each) >= ends.get(each));
  }

  boolean beforeEnd(ConsumerRecord<?, ?> record) {
    return record.offset() < ends.get(partition(record));
  }

  /** The record needs nothing more once all that was sent is acknowledged. */
  void handled(ConsumerRecord<?, ?> record) {
    handled.put(partition(record), new OffsetAndMetadata(record.offset() + 1));
  }

  /** All of it was handled, also what does not count: markers of transactions. */
  void handledAll() {
    consumer.assignment().forEach(each -> handled.put(each, new OffsetAndMetadata(ends.get(each))));
  }

  /** Makes what was handled last; answers whether there was anything. */
  boolean commit() {
    if (handled.isEmpty()) return false;
    consumer.commitSync(handled);
    handled.forEach((partition, next) -> committed.put(partition, next.offset()));
    handled.clear();
    return true;
  }

  /** How far this run has come. */
  Map<TopicPartition, Long> committed() {
    return committed;
  }

  @Override
  public void close() {
    consumer.close();
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  /**
   * Begins at the first record to be handled, wherever an earlier run of the selection came to: a
   * record that was refused then lies before that.
   */
  private final class Beginning implements ConsumerRebalanceListener {
    private final Map<TopicPartition, Long> starts;
    private final Set<TopicPartition> begun = new HashSet<>();

    Beginning(Map<TopicPartition, Long> starts) {
      this.starts = starts;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      handled.clear();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      var beginnings = new HashMap<TopicPartition, OffsetAndMetadata>();
      for (var each : partitions) {
        if (!begun.add(each)) continue;
        var start = starts.getOrDefault(each, ends.get(each));
        consumer.seek(each, start);
        beginnings.put(each, new OffsetAndMetadata(start));
      }
      // Committed at once: how far a run came that is killed now is read from its group.
      if (!beginnings.isEmpty()) consumer.commitSync(beginnings);
    }
  }
}
