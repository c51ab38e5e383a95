package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.cli.topics.Provisioning;
import com.xxxchatnow.loyalty.cli.topics.Registration;
import com.xxxchatnow.loyalty.earn.EarnProcessor;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.localkafka.Folder;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.redemption.RedemptionSaga;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.webhook.WebhookIngress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Everything, started on this machine: the broker, the simulator and the services in this JVM
 * (Kafka's classes are loaded once, which halves the start), the registry in a child of its own.
 * Default ports where they are free, others where not.
 */
final class Stack implements AutoCloseable {
  /** Long enough to pay by hand, short enough to watch it pass. */
  private static final String PAYMENT_TIMEOUT = "6s";

  /** Where sandbox-logback.xml writes to. */
  private static final String LOG_PROPERTY = "sandbox.log";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final List<Service> services = new ArrayList<>();
  private final Folder folder;
  private Addresses addresses;
  private Map<Setting, String> environment;

  private final Map<Setting, String> more;

  private Stack(Map<Setting, String> more) {
    this.more = more;
    folder = part(Folder.create(null, "loyalty-sandbox-"));
    System.setProperty(LOG_PROPERTY, log().toString());
  }

  /** Starts all parts; whatever was started is closed when one of them can't be, or at SIGTERM. */
  static Stack start(Terminal terminal) throws InterruptedException {
    return start(terminal, Map.of());
  }

  /**
   * @param more settings of all services, beside those that hold the stack together
   */
  static Stack start(Terminal terminal, Map<Setting, String> more) throws InterruptedException {
    var stack = new Stack(more);
    Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "sandbox-close"));
    try {
      stack.startAll(terminal);
      return stack;
    } catch (RuntimeException | InterruptedException failure) {
      stack.close();
      throw failure;
    }
  }

  Addresses addresses() {
    return addresses;
  }

  /** The environment in which one more instance of a service would start, on any ports. */
  Map<String, String> environment() {
    var names = new TreeMap<String, String>();
    environment.forEach((setting, value) -> names.put(setting.name(), value));
    names.put(Setting.ADMIN_PORT.name(), "0");
    return names;
  }

  /** What the parts log; it goes with the sandbox. */
  Path log() {
    return folder.resolve("sandbox.log");
  }

  /** Closes the parts in reverse order; each even if another fails. */
  @Override
  public void close() {
    while (true) {
      AutoCloseable part;
      synchronized (parts) {
        part = parts.poll();
      }
      if (part == null) return;
      try {
        part.close();
      } catch (Exception failure) {
        System.err.println("A part of the sandbox did not close: " + failure);
      }
    }
  }

  private void startAll(Terminal terminal) throws InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      terminal.step("starting   broker, schema registry and simulator of RRR");
      var registry =
          threads.submit(() -> {
            var started = part(LocalRegistry.start(null, port(8081)));
            Registration.register(started.url());
            return started;
          });
      var kafka =
          threads.submit(() -> {
            var broker = part(LocalKafka.start(LocalKafkaConfig.oneBroker().withPort(port(9092))));
            Provisioning.apply(broker.admin(), 1, 1);
            return broker;
          });
      var simulator = part(Simulator.start(SimulatorConfig.defaults().withPort(port(8090))));
      terminal.step("started    simulator of RRR on " + simulator.baseUri());
      terminal.step("started    broker on " + get(kafka).bootstrapServers());
      terminal.step("started    schema registry on " + get(registry).url());

      var queries = port(8082);
      var webhooks = port(8080);
      var env = environment(get(kafka), get(registry), simulator);
      environment = env;
      var started =
          List.of(
              threads.submit(
                  () -> service(EarnProcessor::start, with(env, Setting.ADMIN_PORT, port(9101)))),
              threads.submit(() ->
                  service(
                      settings -> RedemptionSaga.start(settings, Clock.systemUTC()),
                      with(with(env, Setting.ADMIN_PORT, port(9102)), Setting.HTTP_PORT, queries))),
              threads.submit(() ->
                  service(
                      WebhookIngress::start,
                      with(
                          with(env, Setting.ADMIN_PORT, port(9103)),
                          Setting.HTTP_PORT,
                          webhooks))));
      started.forEach(Stack::get);
      addresses =
          new Addresses(
              get(kafka).bootstrapServers(),
              get(registry).url(),
              simulator.baseUri(),
              URI.create("http://127.0.0.1:%d/webhooks/rrr".formatted(webhooks)),
              URI.create("http://127.0.0.1:" + queries),
              services.stream()
                  .map(service -> URI.create("http://127.0.0.1:" + service.adminPort()))
                  .toList());
      simulator.webhookUrl(addresses.webhooks());
      terminal.step("started    earn-processor, redemption-saga, webhook-ingress");
    }
  }

  private Service service(Function<Settings, Service> start, Map<Setting, String> env) {
    var names = new java.util.HashMap<String, String>();
    env.forEach((setting, value) -> names.put(setting.name(), value));
    var service = part(start.apply(Settings.of(names)));
    synchronized (services) {
      services.add(service);
    }
    return service;
  }

  private <T extends AutoCloseable> T part(T part) {
    synchronized (parts) {
      parts.push(part);
    }
    return part;
  }

  private Map<Setting, String> environment(
      LocalKafka kafka, LocalRegistry registry, Simulator simulator) {
    var config = SimulatorConfig.defaults();
    var env = new EnumMap<Setting, String>(Setting.class);
    env.put(Setting.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    env.put(Setting.SCHEMA_REGISTRY_URL, registry.url());
    env.put(Setting.RRR_API_BASE_URL, simulator.baseUri().toString());
    env.put(Setting.RRR_CLIENT_ID, config.clientId());
    env.put(Setting.RRR_CLIENT_SECRET, config.clientSecret());
    env.put(Setting.RRR_WEBHOOK_SECRET, config.webhookSecret());
    env.put(Setting.REDEMPTION_PAYMENT_TIMEOUT, PAYMENT_TIMEOUT);
    env.put(Setting.REDEMPTION_STATE_DIR, folder.resolve("redemption-saga").toString());
    env.put(Setting.WEBHOOK_STATE_DIR, folder.resolve("webhook-router").toString());
    env.putAll(more);
    return env;
  }

  private static Map<Setting, String> with(Map<Setting, String> env, Setting setting, int value) {
    var copy = new EnumMap<>(env);
    copy.put(setting, Integer.toString(value));
    return copy;
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause().toString(), failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", interrupted);
    }
  }

  /** The preferred port when it is free, else any. */
  private static int port(int preferred) {
    try (var socket = new ServerSocket(preferred, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException taken) {
      return anyPort();
    }
  }

  private static int anyPort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new java.io.UncheckedIOException("no port is free", none);
    }
  }
}
