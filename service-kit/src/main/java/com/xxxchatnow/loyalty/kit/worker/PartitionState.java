package com.xxxchatnow.loyalty.kit.worker;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The records of one assigned partition, from the first unfinished one on: what runs, what waits
 * for the former record of its key, what is finished and not yet settled. The worker's thread owns
 * it; only {@link #dropped()} is read by others.
 */
final class PartitionState {
  /** Read and not finished; null: unfinished by the committed metadata, and not read again yet. */
  private final NavigableMap<Long, ConsumerRecord<byte[], byte[]>> unfinished = new TreeMap<>();

  /** Behind a key's running record, its next ones. A key that is here has a running record. */
  private final Map<ByteBuffer, Queue<ConsumerRecord<byte[], byte[]>>> waiting = new HashMap<>();

  private final Map<Long, Thread> running = new HashMap<>();
  private final List<OutputRecord> results = new ArrayList<>();
  private int read;
  private int finished;
  private long next;
  private Optional<Integer> nextEpoch = Optional.empty();
  private long finishedEnd;
  private OffsetAndMetadata settled;

  /** Whether progress may differ from what is settled. */
  private boolean moved;

  private volatile boolean dropped;

  PartitionState(IncompleteOffsets progress) {
    progress.unfinished().forEach(offset -> unfinished.put(offset, null));
    next = progress.end();
    finishedEnd = progress.end();
    settled = now();
  }

  /**
   * Takes what a poll brought.
   *
   * @param upTo the position after it
   * @return the records that can run at once
   */
  List<ConsumerRecord<byte[], byte[]>> take(
      List<ConsumerRecord<byte[], byte[]>> records, OffsetAndMetadata upTo) {
    var heads = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    for (var record : records) {
      if (record.offset() < next && !unfinished.containsKey(record.offset())) continue;
      unfinished.put(record.offset(), record);
      read++;
      if (isHead(record)) heads.add(record);
    }
    // Unfinished and passed over: deleted or compacted away meanwhile.
    unfinished.headMap(upTo.offset()).values().removeIf(record -> record == null);
    if (upTo.offset() >= next) nextEpoch = upTo.leaderEpoch();
    next = Math.max(next, upTo.offset());
    moved = true;
    return heads;
  }

  /** Takes a record's results; answers the next record of its key. */
  Optional<ConsumerRecord<byte[], byte[]>> finish(
      ConsumerRecord<byte[], byte[]> record, Collection<ProducerRecord<byte[], byte[]>> produced) {
    moved = true;
    read--;
    finished++;
    unfinished.remove(record.offset());
    running.remove(record.offset());
    finishedEnd = Math.max(finishedEnd, record.offset() + 1);
    produced.forEach(each -> results.add(new OutputRecord(each)));
    if (record.key() == null) return Optional.empty();
    var key = ByteBuffer.wrap(record.key());
    var following = waiting.get(key).poll();
    if (following == null) waiting.remove(key);
    return Optional.ofNullable(following);
  }

  /** Notes the thread that handles a record. */
  void runs(ConsumerRecord<byte[], byte[]> record, Thread thread) {
    running.put(record.offset(), thread);
  }

  int running() {
    return running.size();
  }

  /** Records read and not finished. */
  int unfinished() {
    return read;
  }

  /** The timestamp of the oldest record that is read and not finished. */
  OptionalLong oldest() {
    return unfinished.values().stream()
        .filter(record -> record != null)
        .mapToLong(ConsumerRecord::timestamp)
        .findFirst();
  }

  /** What is finished and not settled yet. */
  List<OutputRecord> results() {
    return results;
  }

  /**
   * What is to be committed together with {@link #results()}; empty when nothing has changed, and
   * when it can't be told within the metadata's limit: then it waits for the next record to finish.
   */
  Optional<OffsetAndMetadata> progress() {
    if (!moved) return Optional.empty();
    var now = now();
    moved = now.offset() != settled.offset() || !now.metadata().equals(settled.metadata());
    return moved && now.metadata().length() <= IncompleteOffsets.METADATA_LIMIT
        ? Optional.of(now)
        : Optional.empty();
  }

  private OffsetAndMetadata now() {
    if (unfinished.isEmpty()) return new OffsetAndMetadata(next, nextEpoch, "");
    var first = unfinished.firstEntry();
    var epoch = Optional.ofNullable(first.getValue()).flatMap(ConsumerRecord::leaderEpoch);
    var metadata =
        IncompleteOffsets.metadata(unfinished.headMap(finishedEnd).keySet(), finishedEnd);
    return new OffsetAndMetadata(first.getKey(), epoch, metadata);
  }

  /** The results and this progress are in Kafka. Answers how many records that settled. */
  int settled(OffsetAndMetadata progress) {
    var records = finished;
    settled = progress;
    moved = false;
    finished = 0;
    results.clear();
    return records;
  }

  /** The partition belongs to somebody else: stops its handlers. */
  void drop() {
    dropped = true;
    running.values().forEach(Thread::interrupt);
  }

  boolean dropped() {
    return dropped;
  }

  /** A record without a key has no order to keep. */
  private boolean isHead(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) return true;
    var key = ByteBuffer.wrap(record.key());
    var behind = waiting.get(key);
    if (behind == null) waiting.put(key, new ArrayDeque<>());
    else behind.add(record);
    return behind == null;
  }
}
