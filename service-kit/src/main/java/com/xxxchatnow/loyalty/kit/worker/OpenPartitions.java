package com.xxxchatnow.loyalty.kit.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens each partition that brings its first records. The committed metadata is asked for only
 * then: a partition that brings records has a stable offset, so that the answer does not wait for
 * the open transaction of a former owner.
 */
final class OpenPartitions {
  private static final Logger log = LoggerFactory.getLogger(OpenPartitions.class);
  private static final Duration ASKING = Duration.ofSeconds(10);

  /** By partition; those that brought no records yet are not in it. */
  final Map<TopicPartition, PartitionState> states = new HashMap<>();

  private final WorkerConfig config;
  private final Consumer<byte[], byte[]> consumer;

  OpenPartitions(WorkerConfig config, Consumer<byte[], byte[]> consumer) {
    this.config = config;
    this.consumer = consumer;
  }

  /**
   * Opens what is not open.
   *
   * @throws WorkerIdentity.ChangedException when a partition was worked on under another identity
   */
  void open(ConsumerRecords<byte[], byte[]> polled) {
    polled.partitions().forEach(partition -> reopenTruncated(partition, polled));
    var fresh = new HashSet<>(polled.partitions());
    fresh.removeAll(states.keySet());
    if (fresh.isEmpty()) return;
    var committed = committed(fresh);
    var begun = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (var partition : fresh) {
      var first = polled.records(partition).getFirst().offset();
      if (committed.get(partition) == null) begun.put(partition, begun(first));
    }
    if (!begun.isEmpty()) commit(begun);
    for (var partition : fresh) {
      var first = polled.records(partition).getFirst().offset();
      states.put(
          partition,
          begun.containsKey(partition)
              ? new PartitionState(
                  IncompleteOffsets.of(begun.get(partition)), first, 0, config.identity())
              : opened(partition, polled, committed.get(partition)));
    }
  }

  private OffsetAndMetadata begun(long first) {
    return new OffsetAndMetadata(
        first, IncompleteOffsets.metadata(List.of(), first, config.identity(), false));
  }

  /**
   * Before a group's first record of a partition is handled, its offset is committed: so where
   * nothing is committed no owner had anything in hand.
   */
  private void commit(Map<TopicPartition, OffsetAndMetadata> begun) {
    while (true) {
      try {
        consumer.commitSync(begun, ASKING);
        return;
      } catch (WakeupException meantForThePollBefore) {
        continue;
      }
    }
  }

  /**
   * A position that goes backwards: the log was truncated, as by an unclean election, and what lies
   * below the known end now are other records. The partition is begun anew from there.
   */
  private void reopenTruncated(TopicPartition partition, ConsumerRecords<byte[], byte[]> polled) {
    var state = states.get(partition);
    var first = polled.records(partition).getFirst().offset();
    if (state == null || first >= state.position()) return;
    log.error(
        "{} went back from offset {} to {}: the brokers lost records. Those that are there now are"
            + " handled",
        partition,
        state.position(),
        first);
    state.drop();
    states.put(partition, state(partition, polled, IncompleteOffsets.from(first), state.next()));
  }

  private PartitionState opened(
      TopicPartition partition,
      ConsumerRecords<byte[], byte[]> polled,
      OffsetAndMetadata committed) {
    var progress = IncompleteOffsets.of(committed);
    var first = polled.records(partition).getFirst().offset();
    WorkerIdentity.check(partition, progress.identity(), config.identity());
    if (first < committed.offset())
      return state(partition, polled, IncompleteOffsets.from(first), progress.end());
    if (!IncompleteOffsets.readable(committed))
      log.warn("{}: the committed metadata is not a worker's; its offset alone counts", partition);
    return state(partition, polled, progress, progress.end());
  }

  private PartitionState state(
      TopicPartition partition,
      ConsumerRecords<byte[], byte[]> polled,
      IncompleteOffsets progress,
      long attemptedEnd) {
    var window = progress.atRest() ? 0 : window(partition, polled, attemptedEnd);
    return new PartitionState(progress, attemptedEnd, window, config.identity());
  }

  /**
   * So many records a worker may have had in hand behind the end of what it had committed; none
   * that was not in the log yet when this one began to read.
   */
  private int window(
      TopicPartition partition, ConsumerRecords<byte[], byte[]> polled, long attemptedEnd) {
    var most = config.maxUnfinished() + WorkerClients.MAX_POLL_RECORDS;
    var lag = consumer.currentLag(partition);
    if (lag.isEmpty()) return most;
    var end = polled.nextOffsets().get(partition).offset() + lag.getAsLong();
    return Math.clamp(end - attemptedEnd, 0, most);
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    while (true) {
      try {
        return consumer.committed(partitions, ASKING);
      } catch (WakeupException meantForThePollBefore) {
        continue;
      }
    }
  }
}
