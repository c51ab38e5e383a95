package com.xxxchatnow.loyalty.redemption.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.stream.SagaTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Answers from all instances' stores, whichever instance is asked. The deadline of a question is
 * that of every step to its answer: a peer that hangs costs its share of the time, and no more.
 */
public final class Queries {
  /** Within this an instance that works has answered, also one that waits for a commit. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Before an order that nobody could be asked for is looked up again. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final KafkaStreams streams;
  private final HostInfo self;
  private final LocalStore local;
  private final Peers peers;
  private final CommittedChanges news;

  public Queries(
      KafkaStreams streams, HostInfo self, LocalStore local, Peers peers, CommittedChanges news) {
    this.streams = streams;
    this.self = self;
    this.local = local;
    this.peers = peers;
    this.news = news;
  }

  /** For a peer that knows that this instance has the order, or a copy of it. */
  QueryResponse findHere(String orderId, boolean standby, Deadline deadline)
      throws InterruptedException {
    return local.find(orderId, standby, deadline);
  }

  /** For a peer that asks every instance. */
  QueryResponse listHere(RedemptionStatus status, int limit, Deadline deadline)
      throws InterruptedException {
    return local.list(status, limit, deadline);
  }

  /** One redemption, from whichever instance has it; from a copy where that does not answer. */
  QueryResponse find(String orderId, Deadline deadline) throws InterruptedException {
    KeyQueryMetadata where;
    try {
      where =
          streams.queryMetadataForKey(SagaTopology.REDEMPTIONS, orderId, new StringSerializer());
    } catch (StreamsNotStartedException _) {
      return QueryResponse.unavailable("the service is starting");
    } catch (IllegalStateException notRunning) {
      return QueryResponse.unavailable("the service is stopping");
    }
    if (KeyQueryMetadata.NOT_AVAILABLE.equals(where))
      return QueryResponse.unavailable("orders are being assigned to instances");
    var copies = new ArrayList<>(where.standbyHosts());
    var answer = find(where.activeHost(), orderId, false, deadline.share(1 + copies.size()));
    while (answer.isUnavailable() && !copies.isEmpty()) {
      var share = deadline.share(copies.size());
      answer = find(copies.removeFirst(), orderId, true, share);
    }
    return answer;
  }

  /** One redemption as soon as its quote is decided; after the deadline as it is then. */
  QueryResponse findDecided(String orderId, Deadline deadline) throws InterruptedException {
    // First listen, then look: a decision between the two is not missed.
    try (var waiting = news.waitFor(orderId)) {
      while (true) {
        var found = find(orderId, deadline.within(LOOK));
        if (found.isDecided()) return found;
        // Whoever has it may have answered nothing because it moves: it is looked up again.
        var until = found.isUnavailable() ? deadline.within(PAUSE) : deadline;
        var decided = waiting.await(until.left());
        if (decided.isPresent()) return QueryResponse.ok(RedemptionJson.of(decided.get()));
        if (deadline.hasPassed())
          return waiting
              .newest()
              .map(change -> QueryResponse.ok(RedemptionJson.of(change)))
              .orElse(found);
      }
    }
  }

  /** Redemptions in a status, of all instances, the longest there first. */
  QueryResponse list(RedemptionStatus status, int limit, Deadline deadline)
      throws InterruptedException {
    List<ObjectNode> all = new ArrayList<>();
    List<HostInfo> hosts;
    try {
      hosts = hosts();
    } catch (StreamsNotStartedException _) {
      return QueryResponse.unavailable("the service is starting");
    } catch (IllegalStateException notRunning) {
      return QueryResponse.unavailable("the service is stopping");
    }
    while (!hosts.isEmpty()) {
      var share = deadline.share(hosts.size());
      var host = hosts.removeFirst();
      var answer =
          host.equals(self)
              ? local.list(status, limit, share)
              : peers.list(host, "status=%s&limit=%d".formatted(status, limit), share);
      if (!answer.isOk()) return answer;
      answer.body().path("redemptions").forEach(each -> all.add((ObjectNode) each));
    }
    return QueryResponse.ok(RedemptionJson.list(all, limit));
  }

  private QueryResponse find(HostInfo host, String orderId, boolean standby, Deadline deadline)
      throws InterruptedException {
    return host.equals(self)
        ? local.find(orderId, standby, deadline)
        : peers.find(host, orderId, standby, deadline);
  }

  /** All that have orders; this one last, whose stores are read when the others have answered. */
  private List<HostInfo> hosts() {
    var others = new HashSet<HostInfo>();
    for (var instance : streams.metadataForAllStreamsClients())
      if (instance.stateStoreNames().contains(SagaTopology.REDEMPTIONS))
        others.add(instance.hostInfo());
    others.remove(self);
    var hosts = new ArrayList<>(others);
    hosts.add(self);
    return hosts;
  }
}
