package com.xxxchatnow.loyalty.kit.worker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The records of one assigned partition, from the first unfinished one on: what runs, what waits
 * for the former record of its key, what is finished and not yet committed. The worker's thread
 * owns it; only {@link #dropped()} is read by others.
 */
final class PartitionState {
  /** Read and not finished; null: unfinished by the committed metadata, and not read again yet. */
  private final NavigableMap<Long, Delivery> unfinished = new TreeMap<>();

  private final KeyOrder order = new KeyOrder();
  private final Map<Long, Thread> running = new HashMap<>();
  private final List<OutputRecord> results = new ArrayList<>();
  private final String identity;

  /** Below the end, and for so many records behind it, a former owner may have handled them. */
  private final long attemptedEnd;

  private int attemptedBehind;

  /** Read and not committed, in records and in bytes. */
  private int held;

  private long heldBytes;
  private int finished;
  private long finishedBytes;
  private long position;
  private long next;
  private Optional<Integer> nextEpoch = Optional.empty();
  private long finishedEnd;
  private OffsetAndMetadata committed;

  /** Whether nothing more is taken. */
  private boolean resting;

  /** Whether progress may differ from what is committed. */
  private boolean moved;

  /** Whether what is committed says that nothing is in hand, or names another identity or none. */
  private boolean unmarked;

  private volatile boolean dropped;

  /**
   * @param progress as it is committed
   * @param attemptedEnd records below this offset may have been handled before
   * @param window so many records from there on may have been handled before, too
   * @param identity kept with the progress; null: none
   */
  PartitionState(IncompleteOffsets progress, long attemptedEnd, int window, String identity) {
    this.identity = identity;
    this.attemptedEnd = Math.max(progress.end(), attemptedEnd);
    this.attemptedBehind = window;
    progress.unfinished().forEach(offset -> unfinished.put(offset, null));
    position = progress.base();
    next = progress.end();
    finishedEnd = progress.end();
    committed = now(progress.identity(), progress.atRest());
    unmarked = progress.atRest() || !Objects.equals(progress.identity(), identity);
    moved = unmarked;
  }

  /** Takes what a poll brought, up to a position. Returns the records that can run at once. */
  List<Delivery> take(List<ConsumerRecord<byte[], byte[]>> records, OffsetAndMetadata upTo) {
    var heads = new ArrayList<Delivery>();
    for (var record : records) {
      if (record.offset() < next && !unfinished.containsKey(record.offset())) continue;
      var delivery = new Delivery(record, maybeAttempted(record.offset()));
      unfinished.put(record.offset(), delivery);
      held++;
      heldBytes += delivery.size();
      if (order.isFirst(delivery)) heads.add(delivery);
    }
    // Unfinished and passed over: deleted or compacted away meanwhile.
    unfinished.headMap(upTo.offset()).values().removeIf(delivery -> delivery == null);
    if (upTo.offset() >= next) nextEpoch = upTo.leaderEpoch();
    next = Math.max(next, upTo.offset());
    position = upTo.offset();
    moved = true;
    return heads;
  }

  private boolean maybeAttempted(long offset) {
    return offset < attemptedEnd || attemptedBehind-- > 0;
  }

  /** Takes a record's results; returns the next record of its key. */
  Optional<Delivery> finish(
      Delivery delivery, Collection<ProducerRecord<byte[], byte[]>> produced) {
    var record = delivery.record();
    moved = true;
    finished++;
    finishedBytes += delivery.size();
    unfinished.remove(record.offset());
    running.remove(record.offset());
    finishedEnd = Math.max(finishedEnd, record.offset() + 1);
    produced.forEach(each -> results.add(new OutputRecord(each)));
    return order.after(delivery);
  }

  void runs(Delivery delivery, Thread thread) {
    running.put(delivery.record().offset(), thread);
  }

  int running() {
    return running.size();
  }

  /** Records read and not finished. */
  int unfinished() {
    return held - finished;
  }

  /** Records read whose results are not committed. */
  int held() {
    return held;
  }

  long heldBytes() {
    return heldBytes;
  }

  /** The position of the consumer, as far as it was told here. */
  long position() {
    return position;
  }

  /** Everything before it is finished. */
  long done() {
    return unfinished.isEmpty() ? next : unfinished.firstKey();
  }

  /** The end of what is known: what lies behind it was never read. */
  long next() {
    return next;
  }

  /** The timestamp of the oldest record that is read and not finished. */
  OptionalLong oldest() {
    return unfinished.values().stream()
        .filter(delivery -> delivery != null)
        .mapToLong(delivery -> delivery.record().timestamp())
        .findFirst();
  }

  /** What is finished and not committed yet. */
  List<OutputRecord> results() {
    return results;
  }

  /**
   * What is to be committed together with {@link #results()}; empty when nothing has changed, and
   * when the metadata can't hold it: then it waits for the next record to finish.
   */
  Optional<OffsetAndMetadata> progress() {
    if (!moved) return Optional.empty();
    var now = now(identity, resting);
    moved = now.offset() != committed.offset() || !now.metadata().equals(committed.metadata());
    return moved && now.metadata().length() <= IncompleteOffsets.METADATA_LIMIT
        ? Optional.of(now)
        : Optional.empty();
  }

  private OffsetAndMetadata now(String as, boolean atRest) {
    if (unfinished.isEmpty())
      return new OffsetAndMetadata(
          next, nextEpoch, IncompleteOffsets.metadata(List.of(), next, as, atRest));
    var first = unfinished.firstEntry();
    var epoch =
        Optional.ofNullable(first.getValue()).flatMap(delivery -> delivery.record().leaderEpoch());
    var metadata =
        IncompleteOffsets.metadata(
            unfinished.headMap(finishedEnd).keySet(), finishedEnd, as, false);
    return new OffsetAndMetadata(first.getKey(), epoch, metadata);
  }

  /** Marks, as soon as nothing is unfinished, that nothing more is taken. */
  void rest(boolean rest) {
    moved |= rest != resting;
    resting = rest;
  }

  boolean isResting() {
    return resting;
  }

  /**
   * Whether nothing may be begun before its progress is committed: until then the group's progress
   * says that nothing is in hand, or does not say under which identity it is.
   */
  boolean mustCommitFirst() {
    return unmarked;
  }

  /** Whether records may come that a former owner had in hand. */
  boolean expectsAttempted() {
    return attemptedBehind > 0 || position < attemptedEnd;
  }

  /** The results and this progress are in Kafka. Returns how many records that were. */
  int committed(OffsetAndMetadata progress) {
    var records = finished;
    committed = progress;
    unmarked = IncompleteOffsets.isAtRest(progress);
    moved = false;
    held -= finished;
    heldBytes -= finishedBytes;
    finished = 0;
    finishedBytes = 0;
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
}
