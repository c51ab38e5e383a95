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

/** Answers from all instances' stores, whichever instance is asked. */
public final class Queries {
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
  QueryResponse findHere(String orderId, boolean standby) throws InterruptedException {
    return local.find(orderId, standby);
  }

  /** For a peer that asks every instance. */
  QueryResponse listHere(RedemptionStatus status, int limit) {
    return local.list(status, limit);
  }

  /** One redemption, from whichever instance has it; from a copy while it moves. */
  QueryResponse find(String orderId) throws InterruptedException {
    KeyQueryMetadata where;
    try {
      where =
          streams.queryMetadataForKey(SagaTopology.REDEMPTIONS, orderId, new StringSerializer());
    } catch (StreamsNotStartedException _) {
      return QueryResponse.moving("the service is starting");
    }
    if (KeyQueryMetadata.NOT_AVAILABLE.equals(where))
      return QueryResponse.moving("orders are being assigned to instances");
    var answer = find(where.activeHost(), orderId, false);
    for (var standby : where.standbyHosts()) {
      if (answer.status() != 503) break;
      answer = find(standby, orderId, true);
    }
    return answer;
  }

  /** One redemption as soon as its quote is decided; after the limit as it is then. */
  QueryResponse findDecided(String orderId, Duration limit) throws InterruptedException {
    var end = System.nanoTime() + limit.toNanos();
    // First listen, then look: a decision between the two is not missed.
    try (var waiting = news.waitFor(orderId)) {
      var now = find(orderId);
      if (now.isDecided()) return now;
      var decided = waiting.await(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      return decided.isPresent()
          ? QueryResponse.ok(RedemptionJson.of(decided.get()))
          : find(orderId);
    }
  }

  /** Redemptions in a status, of all instances, the longest there first. */
  QueryResponse list(RedemptionStatus status, int limit) throws InterruptedException {
    List<ObjectNode> all = new ArrayList<>();
    for (var host : hosts()) {
      var answer =
          host.equals(self)
              ? local.list(status, limit)
              : peers.list(host, "status=%s&limit=%d".formatted(status, limit));
      if (!answer.isOk()) return answer;
      answer.body().path("redemptions").forEach(each -> all.add((ObjectNode) each));
    }
    return QueryResponse.ok(RedemptionJson.list(all, limit));
  }

  private QueryResponse find(HostInfo host, String orderId, boolean standby)
      throws InterruptedException {
    return host.equals(self) ? local.find(orderId, standby) : peers.find(host, orderId, standby);
  }

  private HashSet<HostInfo> hosts() {
    var hosts = new HashSet<HostInfo>();
    for (var instance : streams.metadataForAllStreamsClients())
      if (instance.stateStoreNames().contains(SagaTopology.REDEMPTIONS))
        hosts.add(instance.hostInfo());
    hosts.add(self);
    return hosts;
  }
}
