package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.registry.RegistryRetry;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.streams.BoundedMemoryRocksDbConfig;
import com.xxxchatnow.loyalty.redemption.config.SagaSettings;
import com.xxxchatnow.loyalty.redemption.machine.Event.Admission;
import com.xxxchatnow.loyalty.redemption.machine.Transitions;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topology at work: properties of Kafka Streams with their reasons, and what a fault does. */
public final class SagaStreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SagaStreams.class);

  /** A killed instance's orders and calls are with another instance after this. */
  public static final Duration SESSION = Duration.ofSeconds(8);

  private static final Duration CLOSING = Duration.ofSeconds(10);
  private static final int HEARTBEAT_MILLIS = 500;
  private static final int COMMIT_MILLIS = 5;
  private static final int LINGER_MILLIS = 20;
  private static final long PAUSE_AFTER_FAULT_MILLIS = 1_000;

  private final KafkaStreams streams;
  private final AdvertisedEndpoint endpoint;
  private final RegistryRetry registry = new RegistryRetry();

  /**
   * @param self host and port under which the other instances reach this one's queries
   */
  public SagaStreams(
      Service service,
      SagaSettings settings,
      Flags flags,
      UncommittedVersions uncommitted,
      HostInfo self,
      Clock clock) {
    var watch = new SagaMetrics(service.metrics());
    var serdes = settings.kafka().serdes();
    var deadLetters = SagaTopology.deadLetters(service.name(), serdes, watch, clock);
    var topology =
        SagaTopology.of(
            () ->
                new SagaProcessor(
                    new Transitions(settings.waits()),
                    new StateSerde(),
                    new EventDecoder(serdes, user -> admission(flags, user)),
                    new RecordEncoder(serdes),
                    watch,
                    uncommitted,
                    deadLetters,
                    this::partition,
                    service.tracing(),
                    clock),
            clock);
    endpoint = new AdvertisedEndpoint(self);
    streams = new KafkaStreams(topology, properties(service.name(), settings, self));
    streams.setUncaughtExceptionHandler(fault -> respond(service, fault));
    watch.storeSize(this::storeSize);
    service
        .part("metrics of Kafka Streams", new KafkaStreamsMetrics(streams))
        .bindTo(service.metrics());
  }

  public SagaStreams start() {
    streams.start();
    return this;
  }

  public KafkaStreams streams() {
    return streams;
  }

  /** What keeps it from working, or empty. */
  public Optional<String> problem() {
    try {
      var state = streams.state();
      return state == KafkaStreams.State.RUNNING
          ? endpoint.problem(streams)
          : Optional.of("Kafka Streams is " + state);
    } catch (IllegalStateException notRunning) {
      return Optional.of("Kafka Streams is " + streams.state());
    }
  }

  /** The partition to which a key belongs, or −1 when nobody knows how many there are. */
  private int partition(byte[] key) {
    try {
      return streams
          .queryMetadataForKey(SagaTopology.REDEMPTIONS, key, new ByteArraySerializer())
          .partition();
    } catch (InvalidStateStoreException | IllegalStateException notRunning) {
      return -1;
    }
  }

  @Override
  public void close() {
    // Not leaving would keep its orders from the others until its session is over.
    if (!streams.close(
        CloseOptions.timeout(CLOSING)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)))
      log.warn("Kafka Streams did not close within {}; its work is redone", CLOSING);
  }

  /** Redemptions in this instance's stores, as RocksDB estimates them. */
  private double storeSize() {
    try {
      return streams
              .store(
                  StoreQueryParameters.fromNameAndType(
                      SagaTopology.REDEMPTIONS, QueryableStoreTypes.keyValueStore()))
              .approximateNumEntries()
          / (double) ReadOnlyRedemptionStore.ENTRIES_EACH;
    } catch (InvalidStateStoreException moving) {
      return Double.NaN;
    }
  }

  private static Admission admission(Flags flags, String userId) {
    if (!flags.redeemEnabled()) return Admission.DISABLED;
    return flags.inRollout(userId) ? Admission.ADMITTED : Admission.OUT_OF_ROLLOUT;
  }

  static Properties properties(String service, SagaSettings settings, HostInfo self) {
    Map<String, Object> own = new HashMap<>();
    own.put(StreamsConfig.APPLICATION_ID_CONFIG, service);
    own.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    own.put(StreamsConfig.APPLICATION_SERVER_CONFIG, self.host() + ":" + self.port());
    own.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateFolder().toString());
    own.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedMemoryRocksDbConfig.class);
    own.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys());
    // A person waits for two commits of this: see README, "Latency".
    own.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_MILLIS);
    // A thread that waits for records does not commit: the interval would be as long as its wait.
    own.put(StreamsConfig.POLL_MS_CONFIG, COMMIT_MILLIS);
    // The table takes events in any order: none waits for another topic's earlier records.
    own.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    // The commit flushes: till then records wait for each other, and all go in one request.
    own.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), LINGER_MILLIS);
    own.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    // A killed instance's orders are with another one after this; 45 s is long for who checks out.
    own.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) SESSION.toMillis());
    // A rebalance waits for the last member to hear of it, and quotes wait for the rebalance.
    own.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        HEARTBEAT_MILLIS);
    var all = new Properties();
    all.putAll(settings.kafka().client(service, own));
    return all;
  }

  private StreamThreadExceptionResponse respond(Service service, Throwable fault) {
    if (!passes(fault)) {
      service.fail(fault);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    registryFault(fault)
        .ifPresentOrElse(
            registry::noteOutage,
            () -> log.warn("A stream thread begins anew after {}", fault.toString()));
    try {
      Thread.sleep(PAUSE_AFTER_FAULT_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /** Whether it passes by itself: Kafka or the registry is away. All else is a defect. */
  static boolean passes(Throwable fault) {
    for (var cause = fault; cause != null; cause = cause.getCause())
      if (cause instanceof RetriableException) return true;
    return registryFault(fault).isPresent();
  }

  private static Optional<RegistryAwayException> registryFault(Throwable fault) {
    for (var cause = fault; cause != null; cause = cause.getCause())
      if (cause instanceof RegistryAwayException away) return Optional.of(away);
    return Optional.empty();
  }
}
