package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the open dead letters to Prometheus: only the audit tells which are open. */
@Command(
    name = "watch",
    description = {
      "Serve the open dead letters as metrics until it is stopped: how many by topic and reason,",
      "and how long until the oldest can't be replayed safely. One process is enough."
    },
    footerHeading = "%nExample:%n",
    footer = "  loyalty dlt watch --port 9104")
public final class DltWatch extends Operation {
  private static final String NAME = "dead-letters";
  private static final int PORT = 9104;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Default " + PORT + ", 0 = any free. Environment: ADMIN_PORT.")
  private Integer port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The address it listens on; default 127.0.0.1. Environment: ADMIN_HOST.")
  private String host;

  @Option(
      names = "--every",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How often it looks; default ${DEFAULT-VALUE}.")
  private long every;

  @Override
  public void override(Map<String, String> environment) {
    super.override(environment);
    put(environment, Setting.ADMIN_PORT, port);
    put(environment, Setting.ADMIN_HOST, host);
  }

  @Override
  protected int run(Clients clients, Clock clock, Console out) throws InterruptedException {
    var service = Service.named(NAME, clients.settings(), PORT);
    clients.settings().check();
    try (service) {
      var problem = new AtomicReference<>(Optional.of("not looked yet"));
      var figures = new Figures(service);
      service.ready("dead letters", problem::get);
      service.start();
      out.print(new Report().put("metrics_port", service.adminPort()));
      do {
        problem.set(looked(clients, clock, figures));
      } while (!clients.stop().within(Duration.ofSeconds(every)));
      return ExitCode.OK;
    }
  }

  /** What kept it from looking, or empty: what was seen last stays shown then. */
  private static Optional<String> looked(Clients clients, Clock clock, Figures figures)
      throws InterruptedException {
    try {
      figures.show(look(clients), clock.instant());
      return Optional.empty();
    } catch (KafkaException | UserError away) {
      return Optional.of(Failures.line(away));
    }
  }

  private static Open look(Clients clients) throws InterruptedException {
    var open = new Open(new TreeMap<>(), new HashMap<>());
    for (var topic : DltList.all(clients)) {
      var audit = Audit.read(clients, topic);
      Scan.of(clients, topic)
          .each(record -> {
            var failed = FailedRecord.of(record);
            if (audit.open(failed)) open.add(topic, failed);
          });
    }
    return open;
  }

  /**
   * @param counts by topic, then by reason
   * @param oldest first publication of the oldest, of the topics whose records reach RRR
   */
  private record Open(Map<String, Map<String, Long>> counts, Map<String, Instant> oldest) {
    void add(String topic, FailedRecord failed) {
      counts.computeIfAbsent(topic, _ -> new TreeMap<>()).merge(label(failed), 1L, Long::sum);
      if (ReplayEligibility.reachesRrr(failed))
        oldest.merge(topic, failed.publishedAt(), (a, b) -> a.isBefore(b) ? a : b);
    }

    /** Foreign exceptions have any name; labels are few. */
    private static String label(FailedRecord failed) {
      return Stream.of(Reason.values())
          .map(Reason::name)
          .filter(failed.reason()::equals)
          .findFirst()
          .orElse("OTHER");
    }
  }

  private static final class Figures {
    private final MultiGauge open;
    private final MultiGauge remaining;

    Figures(Service service) {
      open =
          MultiGauge.builder("loyalty.dead.letters.open")
              .description("dead letters that are neither replayed nor discarded")
              .register(service.metrics());
      remaining =
          MultiGauge.builder("loyalty.dead.letters.window.remaining")
              .description("until the oldest open one can't be replayed safely any more")
              .baseUnit("seconds")
              .register(service.metrics());
    }

    void show(Open now, Instant at) {
      open.register(
          now.counts().entrySet().stream()
              .flatMap(topic ->
                  topic.getValue().entrySet().stream()
                      .map(count ->
                          MultiGauge.Row.of(
                              Tags.of("topic", topic.getKey(), "reason", count.getKey()),
                              count.getValue())))
              .collect(Collectors.toList()),
          true);
      remaining.register(
          now.oldest().entrySet().stream()
              .map(topic ->
                  MultiGauge.Row.of(
                      Tags.of("topic", topic.getKey()),
                      Duration.between(at, topic.getValue().plus(ReplayEligibility.KEY_MEMORY))
                          .toSeconds()))
              .collect(Collectors.toList()),
          true);
    }
  }
}
