package com.xxxchatnow.loyalty.webhook.router;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;

import com.xxxchatnow.loyalty.kit.registry.RegistryRetry;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.streams.BoundedMemoryRocksDbConfig;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running router. Whatever happens to it, the HTTP server goes on taking webhooks: they are
 * safe in {@code rrr.webhooks.v1} until the router works again.
 */
public final class Router implements AutoCloseable {
  public static final String APPLICATION = "webhook-router";

  /** The service that the router is a part of, as dead letters name it. */
  public static final String SERVICE = "webhook-ingress";

  private static final Logger log = LoggerFactory.getLogger(Router.class);
  private static final Duration FOR_CLOSING = Duration.ofSeconds(10);
  private static final Duration BEFORE_A_NEW_THREAD = Duration.ofSeconds(2);

  /** Longer than a new thread takes to fail at the same record: about 20 seconds were seen. */
  private static final Duration RECOVERED_AFTER = Duration.ofMinutes(1);

  private final KafkaStreams streams;
  private final RouterMetrics metrics;
  private final KafkaStreamsMetrics figures;
  private final RegistryRetry registry = new RegistryRetry();
  private final AtomicReference<Failure> lastFailure = new AtomicReference<>();

  /**
   * @param nanos when, by {@link System#nanoTime()}
   */
  private record Failure(String what, long nanos) {
    boolean isRecent() {
      return System.nanoTime() - nanos < RECOVERED_AFTER.toNanos();
    }
  }

  public Router(KafkaSettings kafka, Path stateDir, RouterMetrics metrics, Tracing tracing) {
    this.metrics = metrics;
    this.streams =
        new KafkaStreams(
            RouterTopology.of(
                kafka.serdes(), metrics, tracing, Clock.systemUTC(), System::nanoTime),
            config(kafka, stateDir));
    this.figures = metrics.of(streams);
    streams.setUncaughtExceptionHandler(this::failed);
    metrics.router(this::running, this::lag);
  }

  public void start() {
    streams.start();
  }

  /**
   * What keeps the router from working, or empty. That Kafka or the registry is unavailable is not
   * this instance's fault: the router waits for them.
   */
  public Optional<String> problem() {
    if (!running()) return Optional.of("Kafka Streams is " + streams.state());
    return Optional.ofNullable(lastFailure.get())
        .filter(Failure::isRecent)
        .map(failure -> "the router failed within the last minute, see the log: " + failure.what());
  }

  private boolean running() {
    return streams.state().isRunningOrRebalancing();
  }

  /** Records behind the end of the furthest behind partition; 0 before anything was read. */
  private double lag() {
    return streams.metrics().values().stream()
        .filter(it -> it.metricName().name().equals("records-lag-max"))
        .map(Metric::metricValue)
        .mapToDouble(it -> it instanceof Double lag && !lag.isNaN() ? lag : 0)
        .max()
        .orElse(0);
  }

  @Override
  public void close() {
    figures.close();
    // If it did not leave, its partitions would wait for its session to time out.
    if (!streams.close(
        CloseOptions.timeout(FOR_CLOSING)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)))
      log.warn("The router did not close within {}; the next owner redoes its work", FOR_CLOSING);
  }

  private static Properties config(KafkaSettings kafka, Path stateDir) {
    var properties = new Properties();
    properties.putAll(
        kafka.client(
            APPLICATION,
            Map.ofEntries(
                Map.entry(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION),
                Map.entry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2),
                Map.entry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 50),
                Map.entry(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString()),
                Map.entry(
                    StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG,
                    BoundedMemoryRocksDbConfig.class),
                Map.entry("processing.exception.handler.global.enabled", true),
                Map.entry(StreamsConfig.producerPrefix("linger.ms"), 5),
                Map.entry(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest"),
                Map.entry(StreamsConfig.consumerPrefix("session.timeout.ms"), 10_000),
                // A rebalance waits until the last member has noticed it.
                Map.entry(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 1_000))));
    return properties;
  }

  /** Tries again with a new thread, after a while: it begins at the last commit. */
  private StreamThreadExceptionResponse failed(Throwable failure) {
    metrics.routerFailed();
    var registryFault = registryFault(failure);
    if (registryFault.isPresent()) {
      registry.noteOutage(registryFault.get());
    } else if (outage(failure)) {
      log.warn("The router waits and tries again: {}", rootOf(failure).toString());
    } else {
      lastFailure.set(new Failure(rootOf(failure).getClass().getSimpleName(), System.nanoTime()));
      log.error("The router failed and tries again: {}", failure.toString(), failure);
    }
    try {
      Thread.sleep(BEFORE_A_NEW_THREAD);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
    return REPLACE_THREAD;
  }

  /** A serializer's or deserializer's fault that the registry is the cause of. */
  private static Optional<SerializationException> registryFault(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause())
      if (cause instanceof SerializationException serde && RegistryFaults.isOutage(serde))
        return Optional.of(serde);
    return Optional.empty();
  }

  /** Whether something of Kafka that the router needs is away: a stack trace would not help. */
  private static boolean outage(Throwable failure) {
    return failure instanceof MissingSourceTopicException
        || rootOf(failure) instanceof RetriableException;
  }

  private static Throwable rootOf(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) root = root.getCause();
    return root;
  }
}
