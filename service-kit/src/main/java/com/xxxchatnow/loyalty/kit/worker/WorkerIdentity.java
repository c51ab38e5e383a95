package com.xxxchatnow.loyalty.kit.worker;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The identity under which a group's side effects are had, as it is kept with the group's progress.
 * To change it: close the intake of all instances ({@link WorkerConfig#withIntake}), wait until
 * {@link #recorded} says of each partition that it is at rest, stop the instances, {@link #record}
 * the new identity, and start them with the new configuration and an open intake.
 */
public final class WorkerIdentity {
  private WorkerIdentity() {}

  /** A worker is configured with another identity than the one its group's progress has. */
  public static final class ChangedException extends KafkaException {
    private ChangedException(TopicPartition partition, String recorded, String configured) {
      super(
          ("%s has been worked on as \"%s\", and this instance is configured as \"%s\": what is in"
                  + " flight would be done twice. Restore the former configuration, or record the"
                  + " new identity first, while nothing is in flight")
              .formatted(partition, recorded, configured));
    }
  }

  /**
   * What is kept with a partition's progress.
   *
   * @param identity null: none
   * @param atRest whether nothing is in flight: everything is done, or the intake is closed and
   *     what was begun is finished
   */
  public record Recorded(String identity, boolean atRest) {}

  /**
   * What is kept for each partition of a topic.
   *
   * @throws KafkaException when Kafka does not tell
   */
  public static Map<TopicPartition, Recorded> recorded(Admin admin, String topic, String group) {
    var all =
        new TreeMap<TopicPartition, Recorded>(Comparator.comparingInt(TopicPartition::partition));
    var committed = committed(admin, topic, group);
    var ends = ends(admin, committed.keySet());
    committed.forEach((partition, offset) -> {
      var progress = IncompleteOffsets.of(offset);
      var done = progress.unfinished().isEmpty() && offset.offset() >= ends.get(partition);
      all.put(partition, new Recorded(progress.identity(), progress.atRest() || done));
    });
    return all;
  }

  /**
   * Records a new identity for all partitions that have progress.
   *
   * @throws IllegalStateException when an instance still runs, or something is in flight; nothing
   *     was changed
   * @throws KafkaException when Kafka does not tell, or does not take it
   */
  public static void record(Admin admin, String topic, String group, String identity) {
    var state = TopicAdmin.get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    if (state.groupState() != GroupState.EMPTY)
      throw new IllegalStateException(
          "group %s is %s: stop its instances first".formatted(group, state.groupState()));
    var busy =
        recorded(admin, topic, group).entrySet().stream()
            .filter(each -> !each.getValue().atRest())
            .map(each -> Integer.toString(each.getKey().partition()))
            .collect(Collectors.joining(", "));
    if (!busy.isEmpty())
      throw new IllegalStateException(
          "something may be in flight in the partitions %s of %s: start the instances with a closed intake until all are at rest"
              .formatted(busy, topic));
    var changed = new HashMap<TopicPartition, OffsetAndMetadata>();
    committed(admin, topic, group)
        .forEach((partition, offset) ->
            changed.put(
                partition,
                new OffsetAndMetadata(
                    offset.offset(),
                    offset.leaderEpoch(),
                    IncompleteOffsets.metadata(List.of(), offset.offset(), identity, true))));
    TopicAdmin.get(admin.alterConsumerGroupOffsets(group, changed).all());
  }

  static void check(TopicPartition partition, String recorded, String configured) {
    if (recorded != null && configured != null && !recorded.equals(configured))
      throw new ChangedException(partition, recorded, configured);
  }

  private static Map<TopicPartition, OffsetAndMetadata> committed(
      Admin admin, String topic, String group) {
    var all = TopicAdmin.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    all.entrySet()
        .removeIf(each -> each.getValue() == null || !each.getKey().topic().equals(topic));
    return all;
  }

  private static Map<TopicPartition, Long> ends(
      Admin admin, Collection<TopicPartition> partitions) {
    var latest =
        partitions.stream().collect(Collectors.toMap(each -> each, _ -> OffsetSpec.latest()));
    var ends = new HashMap<TopicPartition, Long>();
    TopicAdmin.get(
            admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all())
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }
}
