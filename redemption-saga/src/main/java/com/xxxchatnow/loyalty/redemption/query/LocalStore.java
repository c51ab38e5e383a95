package com.xxxchatnow.loyalty.redemption.query;

import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.stream.ReadOnlyRedemptionStore;
import com.xxxchatnow.loyalty.redemption.stream.SagaTopology;
import com.xxxchatnow.loyalty.redemption.stream.StateSerde;
import com.xxxchatnow.loyalty.redemption.stream.UncommittedVersions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** What this instance's own stores say: committed redemptions only. */
public final class LocalStore {
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(2);
  private static final StoreQueryParameters<ReadOnlyKeyValueStore<Bytes, byte[]>> ALL =
      StoreQueryParameters.fromNameAndType(
          SagaTopology.REDEMPTIONS, QueryableStoreTypes.keyValueStore());

  private final KafkaStreams streams;
  private final UncommittedVersions uncommitted;
  private final StateSerde format = new StateSerde();

  public LocalStore(KafkaStreams streams, UncommittedVersions uncommitted) {
    this.streams = streams;
    this.uncommitted = uncommitted;
  }

  /**
   * One redemption.
   *
   * @param standby a copy will do, which may lag behind a little
   */
  QueryResponse find(String orderId, boolean standby) throws InterruptedException {
    try {
      var place = ALL.withPartition(partition(orderId));
      var end = System.nanoTime() + COMMIT_LIMIT.toNanos();
      while (true) {
        var redemption = store(standby ? place.enableStaleStores() : place).find(orderId);
        if (redemption == null)
          return standby
              ? QueryResponse.moving("its copy does not have it yet")
              : QueryResponse.unknown();
        if (uncommitted.isCommitted(orderId, redemption.version()))
          return QueryResponse.ok(RedemptionJson.of(redemption));
        var left = Duration.ofNanos(end - System.nanoTime());
        if (!left.isPositive() || !uncommitted.await(orderId, left))
          return QueryResponse.moving("Kafka does not commit");
      }
    } catch (InvalidStateStoreException moving) {
      return QueryResponse.moving("the order is on its way to another instance");
    }
  }

  /** The first redemptions of each of this instance's tasks in a status. */
  QueryResponse list(RedemptionStatus status, int limit) {
    try {
      var found = new ArrayList<Redemption>();
      for (var partition : activePartitions())
        found.addAll(store(ALL.withPartition(partition)).in(status, limit));
      return QueryResponse.ok(
          RedemptionJson.list(found.stream().map(RedemptionJson::of).toList(), limit));
    } catch (InvalidStateStoreException moving) {
      return QueryResponse.moving("orders are on their way between instances");
    }
  }

  /** The store of this partition is asked, or none: another one does not know the order. */
  private int partition(String orderId) {
    var key = new StringSerializer();
    return streams.queryMetadataForKey(SagaTopology.REDEMPTIONS, orderId, key).partition();
  }

  private List<Integer> activePartitions() {
    return streams.metadataForLocalThreads().stream()
        .flatMap(thread -> thread.activeTasks().stream())
        .map(task -> task.taskId().partition())
        .toList();
  }

  private ReadOnlyRedemptionStore store(
      StoreQueryParameters<ReadOnlyKeyValueStore<Bytes, byte[]>> parameters) {
    return new ReadOnlyRedemptionStore(streams.store(parameters), format);
  }
}
