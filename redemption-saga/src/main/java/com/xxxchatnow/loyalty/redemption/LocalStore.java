package com.xxxchatnow.loyalty.redemption;

import com.xxxchatnow.loyalty.events.RedemptionStatus;
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
final class LocalStore {
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(2);
  private static final StoreQueryParameters<ReadOnlyKeyValueStore<Bytes, byte[]>> ALL =
      StoreQueryParameters.fromNameAndType(
          SagaTopology.REDEMPTIONS, QueryableStoreTypes.keyValueStore());

  private final KafkaStreams streams;
  private final Uncommitted uncommitted;
  private final StateSerde format = new StateSerde();

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
      var place = ALL.withPartition(partition(orderId));
      var end = System.nanoTime() + COMMIT_LIMIT.toNanos();
      while (true) {
        var redemption = store(standby ? place.enableStaleStores() : place).find(orderId);
        if (redemption == null)
          return standby ? Answer.moving("its copy does not have it yet") : Answer.unknown();
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
      var found = new ArrayList<Redemption>();
      for (var partition : activePartitions())
        found.addAll(store(ALL.withPartition(partition)).in(status, limit));
      return Answer.ok(Views.list(found.stream().map(Views::of).toList(), limit));
    } catch (InvalidStateStoreException moving) {
      return Answer.moving("orders are on their way between instances");
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

  private Redemptions store(StoreQueryParameters<ReadOnlyKeyValueStore<Bytes, byte[]>> parameters) {
    return new Redemptions(streams.store(parameters), format);
  }
}
