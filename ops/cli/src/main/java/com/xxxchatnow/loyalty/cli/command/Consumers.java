package com.xxxchatnow.loyalty.cli.command;

import com.xxxchatnow.loyalty.cli.console.Failures;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;

/**
 * The services that read a topic, seen through their committed offsets: a service commits a record
 * in the transaction that settles it, so what is committed is settled.
 */
public record Consumers(Admin admin, String topic) {

  /** Groups with members, and how far each is in the topic. */
  Map<String, Map<TopicPartition, Long>> positions() throws InterruptedException {
    var specs = new HashMap<String, ListConsumerGroupOffsetsSpec>();
    for (var group : Failures.await(admin.listGroups().all()))
      if (working(group)) specs.put(group.groupId(), new ListConsumerGroupOffsetsSpec());
    var positions = new HashMap<String, Map<TopicPartition, Long>>();
    if (specs.isEmpty()) return positions;
    var offsets = admin.listConsumerGroupOffsets(specs);
    for (var group : specs.keySet()) {
      var ofTopic = new HashMap<TopicPartition, Long>();
      Failures.await(offsets.partitionsToOffsetAndMetadata(group))
          .forEach((partition, offset) -> {
            if (partition.topic().equals(topic) && offset != null)
              ofTopic.put(partition, offset.offset());
          });
      if (!ofTopic.isEmpty()) positions.put(group, ofTopic);
    }
    return positions;
  }

  /** Whether every group is past all of these offsets; false when no group reads the topic. */
  public boolean past(Map<TopicPartition, Long> offsets) throws InterruptedException {
    var groups = positions().values();
    return !groups.isEmpty()
        && groups.stream()
            .allMatch(group ->
                offsets.entrySet().stream()
                    .allMatch(each -> group.getOrDefault(each.getKey(), -1L) > each.getValue()));
  }

  /** Records that the slowest group has before it; 0 when no group reads the topic. */
  public long lag() throws InterruptedException {
    var longest = 0L;
    for (var group : positions().values()) {
      var wanted = new HashMap<TopicPartition, OffsetSpec>();
      group.keySet().forEach(each -> wanted.put(each, OffsetSpec.latest()));
      var ends = Failures.await(admin.listOffsets(wanted).all());
      var lag = 0L;
      for (var each : group.entrySet())
        lag += Math.max(0, ends.get(each.getKey()).offset() - each.getValue());
      longest = Math.max(longest, lag);
    }
    return longest;
  }

  private static boolean working(GroupListing group) {
    var state = group.groupState().orElse(GroupState.UNKNOWN);
    var shares = group.type().filter(GroupType.SHARE::equals).isPresent();
    return !shares && state != GroupState.EMPTY && state != GroupState.DEAD;
  }
}
