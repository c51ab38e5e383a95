package com.xxxchatnow.loyalty.localkafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka (KRaft) in this JVM, on loopback, for tests and the sandbox. Whoever starts one
 * closes it: then its threads, ports and folder are gone.
 */
public final class LocalKafka implements AutoCloseable {
  private static final int STARTS = 3;
  private static final int CONTROLLER_APART = 100;

  private final Folder folder;
  private final List<Node> nodes;
  private final List<Integer> ports;
  private final Admin admin;

  private LocalKafka(Folder folder, List<Node> nodes, List<Integer> ports) {
    this.folder = folder;
    this.nodes = nodes;
    this.ports = ports;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
  }

  /** One broker on free ports in a temporary folder. */
  public static LocalKafka start() {
    return start(LocalKafkaConfig.oneBroker());
  }

  /**
   * Returns when all brokers serve. When somebody took a free port in between, it starts again with
   * others.
   */
  public static LocalKafka start(LocalKafkaConfig config) {
    for (var attempt = 1; ; attempt++) {
      var folder = Folder.create(config.parent(), "local-kafka-");
      var ports = clientPorts(config);
      var nodes = nodes(config, folder, ports);
      try {
        format(nodes);
        // The controller first, which is the last of them or the only one.
        nodes.getLast().start();
        inParallel(nodes.subList(0, nodes.size() - 1), Node::start);
        return new LocalKafka(folder, nodes, ports);
      } catch (RuntimeException failure) {
        inParallel(nodes, Node::stop);
        folder.close();
        if (config.port() != 0 || attempt == STARTS) throw failure;
      }
    }
  }

  /**
   * The one broker that the tests of this JVM share: each uses topics and groups of its own.
   * Started at the first call, closed when the JVM ends.
   */
  public static LocalKafka shared() {
    return Shared.KAFKA;
  }

  /** {@code bootstrap.servers} for clients; the same as long as the cluster lives. */
  public String bootstrapServers() {
    return ports.stream().map(port -> Ports.HOST + ":" + port).collect(Collectors.joining(","));
  }

  /** A client of the cluster; the cluster closes it. */
  public Admin admin() {
    return admin;
  }

  /** How many brokers there are, running or not; their ids are 1, 2, … */
  public int brokers() {
    return ports.size();
  }

  /**
   * Creates topics and returns when every partition accepts writes. Kafka says "created" before: an
   * idempotent producer that writes at once may then have its first batch refused and the following
   * ones accepted, and waits for its delivery timeout.
   *
   * @throws org.apache.kafka.common.KafkaException such as TopicExistsException
   */
  public void createTopics(Collection<NewTopic> topics) {
    NewTopics.create(admin, topics);
  }

  /** The broker that leads the partition; -1 when there is none at the moment. */
  public int leaderOf(TopicPartition partition) {
    var topic =
        NewTopics.await(admin.describeTopics(List.of(partition.topic())).allTopicNames())
            .get(partition.topic());
    var leader = topic.partitions().get(partition.partition()).leader();
    return leader == null ? -1 : leader.id();
  }

  /** Stops a broker in good order; it keeps its data and its port. No effect when it is stopped. */
  public synchronized void stopBroker(int id) {
    node(id).stop();
  }

  /** Starts a stopped broker where it left off; returns when it serves. */
  public synchronized void startBroker(int id) {
    var node = node(id);
    if (!node.running()) node.start();
  }

  /** Stops everything and removes the folder. */
  @Override
  public synchronized void close() {
    admin.close();
    // Brokers first, all at once: each hands its partitions over and the controller notes it.
    inParallel(nodes.subList(0, brokers()), Node::stop);
    inParallel(nodes, Node::stop);
    folder.close();
  }

  private Node node(int broker) {
    if (broker < 1 || broker > brokers())
      throw new IllegalArgumentException("brokers are 1 to " + brokers() + ", not " + broker);
    return nodes.get(broker - 1);
  }

  private static List<Integer> clientPorts(LocalKafkaConfig config) {
    return IntStream.range(0, config.brokers())
        .mapToObj(i -> config.port() == 0 ? Ports.free() : (Integer) (config.port() + i))
        .toList();
  }

  /** The brokers in the order of their ids, then the controller if it is one of its own. */
  private static List<Node> nodes(LocalKafkaConfig config, Folder folder, List<Integer> ports) {
    var controller = config.brokers() == 1 ? 1 : CONTROLLER_APART;
    var properties =
        new ClusterProperties(config.brokers(), controller, Ports.free(), config.overrides());
    var nodes = new ArrayList<Node>();
    for (var id = 1; id <= config.brokers(); id++)
      nodes.add(new Node(id, properties.broker(id, ports.get(id - 1), folder.resolve("b" + id))));
    if (controller == CONTROLLER_APART)
      nodes.add(new Node(controller, properties.controller(folder.resolve("controller"))));
    return nodes;
  }

  private static void format(List<Node> nodes) {
    var clusterId = Uuid.randomUuid().toString();
    inParallel(nodes, node -> node.format(clusterId));
  }

  private interface Step {
    void on(Node node) throws Exception;
  }

  private static void inParallel(List<Node> nodes, Step step) {
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      var steps = new ArrayList<Callable<Void>>();
      for (var node : nodes)
        steps.add(() -> {
          step.on(node);
          return null;
        });
      for (var done : threads.invokeAll(steps)) done.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) throw cause;
      throw new IllegalStateException("local Kafka", failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  private static final class Shared {
    static final LocalKafka KAFKA = start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(KAFKA::close, "shared Kafka's end"));
    }
  }
}
