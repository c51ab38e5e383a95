package com.xxxchatnow.loyalty.localkafka;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** One server of the cluster: the genuine Kafka server of this process, its log on disk. */
final class Node {
  private final int id;
  private final Map<String, String> properties;
  private KafkaRaftServer server;

  Node(int id, Map<String, String> properties) {
    this.id = id;
    this.properties = properties;
  }

  boolean running() {
    return server != null;
  }

  /** Gives the empty log folder the cluster's id, as {@code kafka-storage format} does. */
  void format(String clusterId) throws Exception {
    var folder = properties.get("log.dirs");
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
        .setClusterId(clusterId)
        .setNodeId(id)
        .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
        .setControllerListenerName(ClusterProperties.CONTROLLER)
        .setMetadataLogDirectory(folder)
        .addDirectory(folder)
        .run();
  }

  /** Returns when the server serves; waits for a controller if it is none itself. */
  void start() {
    var starting = server();
    try {
      starting.startup();
    } catch (RuntimeException failure) {
      starting.shutdown();
      starting.awaitShutdown();
      throw failure;
    }
    server = starting;
  }

  private KafkaRaftServer server() {
    // The constructor registers metrics of the whole JVM, and two at once get in each other's way.
    synchronized (Node.class) {
      return new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    }
  }

  void stop() {
    if (server == null) return;
    server.shutdown();
    server.awaitShutdown();
    server = null;
  }
}
