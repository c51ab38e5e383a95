package com.xxxchatnow.loyalty.webhook.router;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.streams.BoundedMemoryRocksDbConfig;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running router. Whatever happens to it, the edge goes on taking webhooks: they lie safe in
 * {@code rrr.webhooks.v1} until it is back.
 */
public final class Router implements AutoCloseable {
  public static final String APPLICATION = "webhook-router";

  /** The service that the router is a part of, as dead letters name it. */
  public static final String SERVICE = "webhook-ingress";

  private static final Logger log = LoggerFactory.getLogger(Router.class);
  private static final Duration FOR_CLOSING = Duration.ofSeconds(10);
  private static final Duration BEFORE_A_NEW_THREAD = Duration.ofSeconds(2);

  private final KafkaStreams streams;
  private final RouterMetrics metrics;
  private final KafkaStreamsMetrics figures;

  public Router(KafkaSettings kafka, Path stateDir, RouterMetrics metrics, Tracing tracing) {
    this.metrics = metrics;
    this.streams =
        new KafkaStreams(
            RouterTopology.of(kafka.serdes(), metrics, tracing), config(kafka, stateDir));
    this.figures = metrics.of(streams);
    streams.setUncaughtExceptionHandler(this::failed);
    metrics.router(this::running, this::lag);
  }

  public void start() {
    streams.start();
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
    // Not leaving would keep its members' events from the others until its session is over.
    if (!streams.close(
        CloseOptions.timeout(FOR_CLOSING)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)))
      log.warn("The router did not close within {}; its work is redone", FOR_CLOSING);
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
                // A rebalance waits for the last member to hear of it.
                Map.entry(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 1_000))));
    return properties;
  }

  /** Tries again with a new thread, after a while: it begins at the last commit. */
  private StreamThreadExceptionResponse failed(Throwable failure) {
    metrics.routerFailed();
    if (outage(failure))
      log.warn("The router waits and tries again: {}", rootOf(failure).toString());
    else log.error("The router stops and tries again: {}", failure.toString(), failure);
    try {
      Thread.sleep(BEFORE_A_NEW_THREAD);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
    return REPLACE_THREAD;
  }

  /** Nothing that a look at the stack would explain. */
  private static boolean outage(Throwable failure) {
    return RegistryFaults.isOutage(failure)
        || failure instanceof MissingSourceTopicException
        || rootOf(failure) instanceof RetriableException;
  }

  private static Throwable rootOf(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) root = root.getCause();
    return root;
  }
}
