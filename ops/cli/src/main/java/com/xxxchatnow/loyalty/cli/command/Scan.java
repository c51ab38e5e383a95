package com.xxxchatnow.loyalty.cli.command;

import com.xxxchatnow.loyalty.cli.console.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads what a topic holds at this moment, without a group and in bounded memory. */
public final class Scan {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Clients clients;
  private final String topic;
  private Instant from;
  private Map<TopicPartition, Long> positions = Map.of();
  private byte[] key;
  private int partition = -1;
  private boolean openTransactions;
  private long upTo = Long.MAX_VALUE;

  private Scan(Clients clients, String topic) {
    this.clients = clients;
    this.topic = topic;
  }

  public static Scan of(Clients clients, String topic) {
    return new Scan(clients, topic);
  }

  /** Only records of this time (of the broker's index) and later. */
  public Scan from(Instant time) {
    from = time;
    return this;
  }

  /** Starts there instead of at the beginning. */
  public Scan at(Map<TopicPartition, Long> starts) {
    positions = starts;
    return this;
  }

  /** Only the partition that the key's records are in, as Kafka's own partitioner chooses it. */
  public Scan ofKey(byte[] wanted) {
    key = wanted;
    return this;
  }

  public Scan ofPartition(int wanted) {
    partition = wanted;
    return this;
  }

  /** Only offsets below. */
  public Scan upTo(long offset) {
    upTo = offset;
    return this;
  }

  /** Waits for the transactions that are open at this moment and reads what they commit. */
  public Scan withOpenTransactions() {
    openTransactions = true;
    return this;
  }

  /** The ends at this moment: where a later scan begins that reads only what comes after it. */
  public Map<TopicPartition, Long> ends() {
    try (var consumer = clients.consumer(Map.of())) {
      return consumer.endOffsets(partitions(consumer));
    }
  }

  /**
   * Hands every committed record on and answers the ends: where a later scan goes on.
   *
   * @throws UserError when there is no such topic
   */
  public Map<TopicPartition, Long> each(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    try (var consumer = clients.consumer(Map.of())) {
      var partitions = partitions(consumer);
      consumer.assign(partitions);
      var ends = openTransactions ? written(partitions) : consumer.endOffsets(partitions);
      ends.replaceAll((_, end) -> Math.min(end, upTo));
      seek(consumer, partitions);
      while (!reached(consumer, ends)) {
        for (var record : consumer.poll(POLL)) {
          if (record.offset() < ends.get(new TopicPartition(topic, record.partition())))
            reader.accept(record);
        }
      }
      return ends;
    }
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    var infos = consumer.partitionsFor(topic);
    if (infos == null || infos.isEmpty()) throw UserError.usage("there is no topic " + topic);
    var all = new ArrayList<TopicPartition>();
    for (var info : infos) all.add(new TopicPartition(topic, info.partition()));
    if (key != null) return List.of(new TopicPartition(topic, Keys.partition(key, all.size())));
    if (partition < 0) return all;
    if (partition >= all.size()) throw UserError.usage(topic + " has no partition " + partition);
    return List.of(new TopicPartition(topic, partition));
  }

  /** The ends of what is written, committed or not. */
  private Map<TopicPartition, Long> written(List<TopicPartition> partitions) {
    try (var consumer = clients.consumer(Map.of("isolation.level", "read_uncommitted"))) {
      return consumer.endOffsets(partitions);
    }
  }

  private void seek(KafkaConsumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
    consumer.seekToBeginning(partitions);
    if (from != null) {
      var wanted = new HashMap<TopicPartition, Long>();
      partitions.forEach(each -> wanted.put(each, from.toEpochMilli()));
      consumer
          .offsetsForTimes(wanted)
          .forEach((each, found) -> {
            if (found == null) consumer.seekToEnd(List.of(each));
            else consumer.seek(each, found.offset());
          });
    }
    var beginnings = consumer.beginningOffsets(partitions);
    positions.entrySet().stream()
        .filter(start -> beginnings.containsKey(start.getKey()))
        .forEach(start ->
            consumer.seek(
                start.getKey(), Math.max(start.getValue(), beginnings.get(start.getKey()))));
  }

  /** Pauses what is read to its end, so that a busy partition does not hold up the others. */
  private static boolean reached(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    var done =
        consumer.assignment().stream()
            .filter(each -> consumer.position(each) >= ends.get(each))
            .collect(Collectors.toSet());
    consumer.pause(done);
    return done.size() == consumer.assignment().size();
  }
}
