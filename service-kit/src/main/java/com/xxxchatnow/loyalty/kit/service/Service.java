package com.xxxchatnow.loyalty.kit.service;

import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.settings.SettingsException;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running service: its parts, closed in reverse order; its admin port with health and metrics;
 * and the one way it ends when something fatal happens.
 */
public final class Service implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Service.class);

  /** The operator's mistake: nothing was started. */
  public static final int EXIT_CONFIGURATION = 2;

  /** A fault that a restart by the platform may cure. */
  public static final int EXIT_FATAL = 1;

  /** Not so in a test that runs services beside each other. */
  private static volatile boolean ownsTheProcess;

  private static final Duration CLOSING_LIMIT = Duration.ofSeconds(25);

  private final String name;
  private final String adminHost;
  private final int wantedAdminPort;
  private final Health health = new Health();
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<String, Object> info = new LinkedHashMap<>();
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private final Settings settings;
  private final URI traces;
  private Tracing tracing;
  private AdminServer admin;

  private Service(String name, Settings settings, int defaultAdminPort) {
    this.name = name;
    this.settings = settings;
    this.adminHost = settings.text(Setting.ADMIN_HOST);
    this.wantedAdminPort = settings.integer(Setting.ADMIN_PORT, defaultAdminPort, 0, 65_535);
    this.traces = settings.optionalUri(Setting.OTEL_EXPORTER_OTLP_ENDPOINT);
    info.put("service", name);
    info.put("version", version());
    metrics.config().commonTags("service", name);
    part("jvm metrics", new JvmGcMetrics()).bindTo(metrics);
    new JvmMemoryMetrics().bindTo(metrics);
    new JvmThreadMetrics().bindTo(metrics);
    new ProcessorMetrics().bindTo(metrics);
    new UptimeMetrics().bindTo(metrics);
    Gauge.builder("service.ready", health, now -> now.problems().isEmpty() ? 1 : 0)
        .description("1: ready, 0: a part is not; /health/ready names it")
        .register(metrics);
  }

  /** A service that listens for its operator on the configured admin port. */
  public static Service named(String name, Settings settings, int defaultAdminPort) {
    // Logback reads it itself, and says nothing at all when it knows no such format.
    if (!Set.of("text", "json").contains(settings.text(Setting.LOG_FORMAT)))
      settings.problem(Setting.LOG_FORMAT + " must be text or json");
    return new Service(name, settings, defaultAdminPort);
  }

  /**
   * A service's whole {@code main}: starts it from the environment and stays until SIGTERM, then
   * closes it. Exits 2 with one message when the configuration is wrong, 1 when the service fails.
   *
   * @param start reads the settings, checks them, and returns the started service
   */
  public static void main(String name, Function<Settings, Service> start) {
    MachineErrors.endTheProcess();
    ownsTheProcess = true;
    try {
      var service = start.apply(Settings.ofEnvironment());
      var closed = new CountDownLatch(1);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> service.end(closed), "shutdown"));
      var fatal = service.failure.join();
      log.error("{} ends: {}", name, fatal.toString(), fatal);
      System.exit(EXIT_FATAL);
    } catch (SettingsException wrong) {
      System.err.println(name + ": " + wrong.getMessage());
      System.exit(EXIT_CONFIGURATION);
    } catch (RuntimeException fatal) {
      log.error("{} could not start: {}", name, fatal.toString(), fatal);
      System.exit(EXIT_FATAL);
    }
  }

  /** Adds a part; parts are closed in reverse order. */
  public <T extends AutoCloseable> T part(String what, T part) {
    parts.push(part);
    log.debug("{} has {}", name, what);
    return part;
  }

  /** Adds a part of the readiness; the supplier returns what is wrong with it, or empty. */
  public void ready(String part, Supplier<Optional<String>> problem) {
    health.part(part, problem);
  }

  /** Shows a value on {@code /info}; it must not be secret (a {@link Secret} prints as ***). */
  public void info(String key, Object value) {
    info.put(key, value.toString());
  }

  public String name() {
    return name;
  }

  public MeterRegistry metrics() {
    return metrics;
  }

  /**
   * To be asked for before the other parts are made: they are closed first, and their last spans
   * are sent.
   */
  public Tracing tracing() {
    if (tracing == null)
      tracing =
          part("tracing", traces == null ? Tracing.off() : Tracing.to(traces, name, version()));
    return tracing;
  }

  /** Opens the admin port and says so in one line. */
  public Service start() {
    info.put("configuration", new TreeMap<>(settings.effective()));
    admin = new AdminServer(adminHost, wantedAdminPort, health, metrics, () -> info);
    log.info("{} runs; admin http://{}:{}", name, adminHost, adminPort());
    return this;
  }

  public int adminPort() {
    return admin.port();
  }

  /** Ends the process, with this fault as the reason. The first call counts. */
  public void fail(Throwable fatal) {
    if (ownsTheProcess && MachineErrors.isIn(fatal)) MachineErrors.end(fatal);
    failure.complete(fatal);
  }

  /** Completed by the fault that ended the service. */
  public CompletableFuture<Throwable> failure() {
    return failure;
  }

  /** Closes all parts, the newest first; a part that fails to close does not keep the others. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception fault) {
        log.warn("{}: a part did not close: {}", name, fault.toString(), fault);
      }
    }
    if (admin != null) admin.close();
    metrics.close();
  }

  private void end(CountDownLatch closed) {
    Thread.ofPlatform()
        .daemon()
        .name("closing")
        .start(() -> {
          close();
          closed.countDown();
        });
    try {
      if (!closed.await(CLOSING_LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)) {
        log.warn("{} was not closed within {}; unfinished work is redone", name, CLOSING_LIMIT);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static String version() {
    return Optional.ofNullable(Service.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
