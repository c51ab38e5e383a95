package com.xxxchatnow.loyalty.localkafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The properties of a cluster's nodes: as in production where it matters, small where it helps. */
record ClusterProperties(
    int brokers, int controllerId, int controllerPort, Map<String, String> overrides) {
  static final String CONTROLLER = "CONTROLLER";
  private static final String PLAINTEXT = "PLAINTEXT";

  Map<String, String> broker(int id, int port, Path folder) {
    var combined = id == controllerId;
    var client = PLAINTEXT + "://" + Ports.HOST + ":" + port;
    var properties = node(id, folder);
    properties.put("process.roles", combined ? "broker,controller" : "broker");
    if (combined) defaultsOfTopics(properties);
    properties.put("listeners", combined ? client + "," + controllerListener() : client);
    properties.put("advertised.listeners", client);
    properties.put("inter.broker.listener.name", PLAINTEXT);
    properties.putAll(overrides);
    return properties;
  }

  Map<String, String> controller(Path folder) {
    var properties = node(controllerId, folder);
    properties.put("process.roles", "controller");
    defaultsOfTopics(properties);
    properties.put("listeners", controllerListener());
    properties.putAll(overrides);
    return properties;
  }

  private String controllerListener() {
    return CONTROLLER + "://" + Ports.HOST + ":" + controllerPort;
  }

  private Map<String, String> node(int id, Path folder) {
    var properties = new HashMap<String, String>();
    properties.put("node.id", Integer.toString(id));
    properties.put(
        "controller.quorum.voters", controllerId + "@" + Ports.HOST + ":" + controllerPort);
    properties.put("controller.listener.names", CONTROLLER);
    properties.put(
        "listener.security.protocol.map", PLAINTEXT + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
    properties.put("log.dirs", folder.toString());
    properties.put("auto.create.topics.enable", "false");
    replication(properties);
    smallness(properties);
    quickness(properties);
    if (brokers > 1) quickReturn(properties);
    return properties;
  }

  /** The controller's business; a broker that has them warns. */
  private void defaultsOfTopics(Map<String, String> properties) {
    properties.put("num.partitions", "1");
    properties.put("default.replication.factor", Integer.toString(brokers));
  }

  private void replication(Map<String, String> properties) {
    var replicas = Integer.toString(brokers);
    var inSync = brokers == 1 ? "1" : "2";
    properties.put("min.insync.replicas", inSync);
    properties.put("offsets.topic.replication.factor", replicas);
    properties.put("transaction.state.log.replication.factor", replicas);
    properties.put("transaction.state.log.min.isr", inSync);
    properties.put("share.coordinator.state.topic.replication.factor", replicas);
    properties.put("share.coordinator.state.topic.min.isr", inSync);
  }

  private static void smallness(Map<String, String> properties) {
    properties.put("offsets.topic.num.partitions", "4");
    properties.put("transaction.state.log.num.partitions", "4");
    properties.put("share.coordinator.state.topic.num.partitions", "4");
    properties.put("log.cleaner.dedupe.buffer.size", "2097152");
    properties.put("log.index.size.max.bytes", "1048576");
  }

  /**
   * A restarted broker waits until the session of its last life is over. A single one need not: its
   * controller forgets the sessions when it is restarted with it.
   */
  private static void quickReturn(Map<String, String> properties) {
    properties.put("broker.session.timeout.ms", "3000");
    properties.put("broker.heartbeat.interval.ms", "500");
  }

  private static void quickness(Map<String, String> properties) {
    // The default of 20 ms makes each transaction of a producer wait for the markers of its last.
    properties.put("add.partitions.to.txn.retry.backoff.ms", "1");
    properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    // Groups form at once, and clients may ask for short sessions.
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("group.min.session.timeout.ms", "1000");
    for (var kind : new String[] {"consumer", "share", "streams"}) {
      properties.put("group." + kind + ".min.session.timeout.ms", "1000");
      properties.put("group." + kind + ".min.heartbeat.interval.ms", "200");
      properties.put("group." + kind + ".heartbeat.interval.ms", "500");
    }
    properties.put("group.streams.initial.rebalance.delay.ms", "0");
  }
}
