package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The redemptions of one store, to be read: by order, and by status. */
public class ReadOnlyRedemptionStore {
  /** Of a redemption: itself and its two indexes. */
  static final int ENTRIES_EACH = 3;

  final StateSerde format;
  private final ReadOnlyKeyValueStore<Bytes, byte[]> entries;

  public ReadOnlyRedemptionStore(ReadOnlyKeyValueStore<Bytes, byte[]> entries, StateSerde format) {
    this.entries = entries;
    this.format = format;
  }

  /** The redemption, or null. */
  public Redemption find(String orderId) {
    return format.deserializer().deserialize(null, entries.get(StoreKeys.order(orderId)));
  }

  /** The redemptions in a status, the longest there first, at most so many. */
  public List<Redemption> in(RedemptionStatus status, int most) {
    var found = new ArrayList<Redemption>();
    try (var index = index(status)) {
      for (var left = most; index.hasNext() && left > 0; left--) {
        var redemption = find(StoreKeys.orderOfStatus(index.next().key));
        // It may have moved on since the index was read.
        if (redemption != null && redemption.status() == status) found.add(redemption);
      }
    }
    return found;
  }

  /** When the redemption that has been longest in this status got there. */
  Optional<Instant> oldest(RedemptionStatus status) {
    try (var index = index(status)) {
      return index.hasNext() ? Optional.of(StoreKeys.since(index.peekNextKey())) : Optional.empty();
    }
  }

  /** How many are in this status; reads them all. */
  long count(RedemptionStatus status) {
    var count = 0L;
    try (var index = index(status)) {
      for (; index.hasNext(); index.next()) count++;
    }
    return count;
  }

  private KeyValueIterator<Bytes, byte[]> index(RedemptionStatus status) {
    return entries.prefixScan(StoreKeys.statuses(status), (topic, bytes) -> bytes);
  }
}
