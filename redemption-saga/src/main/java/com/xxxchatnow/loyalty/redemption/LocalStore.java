package com.xxxchatnow.loyalty.redemption;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** What this instance's own stores say: committed redemptions only. */
final class LocalStore {
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(2);

  private final KafkaStreams streams;
  private final Uncommitted uncommitted;

  LocalStore(KafkaStreams streams, Uncommitted uncommitted) {
    this.streams = streams;
    this.uncommitted = uncommitted;
  }

  /**
   * One redemption.
   *
   * @param standby a copy will do, which may lag behind a little
   */
  Answer find(String orderId, boolean standby) throws InterruptedException {
    try {
      var end = System.nanoTime() + COMMIT_LIMIT.toNanos();
      while (true) {
        var where = parameters(SagaTopology.REDEMPTIONS, LocalStore.<String, Redemption>type());
        var redemption = streams.store(standby ? where.enableStaleStores() : where).get(orderId);
        if (redemption == null) return Answer.unknown();
        if (uncommitted.isCommitted(orderId, redemption.version()))
          return Answer.ok(Views.of(redemption));
        var left = Duration.ofNanos(end - System.nanoTime());
        if (!left.isPositive() || !uncommitted.await(orderId, left))
          return Answer.moving("Kafka does not commit");
      }
    } catch (InvalidStateStoreException moving) {
      return Answer.moving("the order is on its way to another instance");
    }
  }

  /** The first redemptions of each of this instance's tasks in a status. */
  Answer list(RedemptionStatus status, int limit) {
    try {
      var found = new ArrayList<ObjectNode>();
      for (var partition : activePartitions()) list(partition, status, limit, found);
      return Answer.ok(Views.list(found, limit));
    } catch (InvalidStateStoreException moving) {
      return Answer.moving("orders are on their way between instances");
    }
  }

  private void list(int partition, RedemptionStatus status, int limit, List<ObjectNode> found) {
    var redemptions =
        streams.store(
            parameters(SagaTopology.REDEMPTIONS, LocalStore.<String, Redemption>type())
                .withPartition(partition));
    var index =
        streams.store(
            parameters(SagaTopology.STATUSES, LocalStore.<Bytes, byte[]>type())
                .withPartition(partition));
    var prefix = new byte[] {RedemptionStore.code(status)};
    try (var entries = index.prefixScan(prefix, (topic, bytes) -> bytes)) {
      for (var left = limit; entries.hasNext() && left > 0; left--) {
        var redemption = redemptions.get(RedemptionStore.orderOfStatusKey(entries.next().key));
        // It may have moved on since the index was read.
        if (redemption != null && redemption.status() == status) found.add(Views.of(redemption));
      }
    }
  }

  private List<Integer> activePartitions() {
    return streams.metadataForLocalThreads().stream()
        .flatMap(thread -> thread.activeTasks().stream())
        .map(task -> task.taskId().partition())
        .toList();
  }

  private static <K, V> QueryableStoreType<ReadOnlyKeyValueStore<K, V>> type() {
    return QueryableStoreTypes.keyValueStore();
  }

  private static <S> StoreQueryParameters<S> parameters(String name, QueryableStoreType<S> type) {
    return StoreQueryParameters.fromNameAndType(name, type);
  }
}
