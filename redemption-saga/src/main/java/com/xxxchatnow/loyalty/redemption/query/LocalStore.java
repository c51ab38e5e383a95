package com.xxxchatnow.loyalty.redemption.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.stream.CommittedRedemptions;
import com.xxxchatnow.loyalty.redemption.stream.ReadOnlyRedemptionStore;
import com.xxxchatnow.loyalty.redemption.stream.SagaTopology;
import com.xxxchatnow.loyalty.redemption.stream.StateSerde;
import com.xxxchatnow.loyalty.redemption.stream.UncommittedVersions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
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
   * One redemption; 503 when it is neither committed nor dropped by the deadline.
   *
   * @param standby a copy will do, which may lag behind a little
   */
  QueryResponse find(String orderId, boolean standby, Deadline deadline)
      throws InterruptedException {
    return whileRunning(() -> {
      var partition = ALL.withPartition(partition(orderId));
      var place = standby ? partition.enableStaleStores() : partition;
      var found = committed(place).find(orderId, deadline.within(COMMIT_LIMIT).left());
      if (found != null) return QueryResponse.ok(RedemptionJson.of(found));
      return standby
          ? QueryResponse.unavailable("its copy does not have it yet")
          : QueryResponse.unknown();
    });
  }

  /** The first redemptions of each of this instance's tasks in a status; 503 as {@link #find}. */
  QueryResponse list(RedemptionStatus status, int limit, Deadline deadline)
      throws InterruptedException {
    return whileRunning(() -> {
      var until = deadline.within(COMMIT_LIMIT);
      var found = new ArrayList<ObjectNode>();
      for (var partition : activePartitions())
        for (var each : committed(ALL.withPartition(partition)).in(status, limit, until.left()))
          found.add(RedemptionJson.of(each));
      return QueryResponse.ok(RedemptionJson.list(found, limit));
    });
  }

  private interface Question {
    QueryResponse answer() throws InterruptedException, TimeoutException;
  }

  private static QueryResponse whileRunning(Question question) throws InterruptedException {
    try {
      return question.answer();
    } catch (TimeoutException uncommitted) {
      return QueryResponse.unavailable("Kafka does not commit");
    } catch (InvalidStateStoreException moving) {
      return QueryResponse.unavailable("orders are on their way between instances");
    } catch (IllegalStateException notRunning) {
      return QueryResponse.unavailable("the instance is stopping");
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

  private CommittedRedemptions committed(
      StoreQueryParameters<ReadOnlyKeyValueStore<Bytes, byte[]>> place) {
    return new CommittedRedemptions(
        () -> new ReadOnlyRedemptionStore(streams.store(place), format), uncommitted);
  }
}
