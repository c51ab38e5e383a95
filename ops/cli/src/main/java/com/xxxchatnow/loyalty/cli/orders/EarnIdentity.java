package com.xxxchatnow.loyalty.cli.orders;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.command.OperatorOption;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.worker.WorkerIdentity;
import com.xxxchatnow.loyalty.kit.worker.WorkerIdentity.Recorded;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Changes under what RRR remembers the earn processor's calls. */
@Command(
    name = "identity",
    description = {
      "Change the key format, the client id or the batch endpoint of the earn processor. RRR",
      "remembers our calls under these, so that another one would book again what is in flight.",
      "The new values are those of this command's environment or options. With --execute it closes",
      "the intake of all instances, waits until nothing is in flight, waits until you have stopped",
      "them all, records the new identity beside their progress and opens the intake again. What",
      "ends it earlier changes nothing and opens the intake too.",
      "Replay or discard open dead letters first: RRR knows them by the former client and"
          + " endpoint.",
      "Exit code 0: the identity is the new one; 2: it would be changed."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  loyalty earn identity --key-format uuid              what would happen",
      "  loyalty earn identity --key-format uuid --execute    then start the instances with it"
    })
public final class EarnIdentity extends Operation {
  private static final String GROUP = "earn-processor";
  private static final String TOPIC = Topics.PURCHASES.name();
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int MAX_BATCH = 100;

  @Option(
      names = "--key-format",
      paramLabel = "FORMAT",
      description = "plain or uuid. Environment: RRR_IDEMPOTENCY_KEY_FORMAT.")
  private String keyFormat;

  @Option(
      names = "--client-id",
      paramLabel = "ID",
      description = "OAuth client id at RRR. Environment: RRR_CLIENT_ID.")
  private String clientId;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "1 or more; 1 is another endpoint. Environment: RRR_EARN_BATCH_SIZE.")
  private Integer batchSize;

  @Option(
      names = "--timeout",
      paramLabel = "MINUTES",
      defaultValue = "30",
      description = "How long to wait in all; default ${DEFAULT-VALUE}.")
  private int timeout;

  @Option(names = "--execute", description = "Do it. Without it nothing is changed.")
  private boolean execute;

  @Mixin private OperatorOption operator;

  @Override
  public void override(Map<String, String> environment) {
    super.override(environment);
    put(environment, Setting.RRR_IDEMPOTENCY_KEY_FORMAT, keyFormat);
    put(environment, Setting.RRR_CLIENT_ID, clientId);
    put(environment, Setting.RRR_EARN_BATCH_SIZE, batchSize);
  }

  @Override
  protected int run(Clients clients, Clock clock, Console out) throws InterruptedException {
    var wanted = wanted(clients.settings());
    var recorded = recorded(clients);
    var report = report(recorded, wanted);
    if (recorded.values().stream().allMatch(each -> wanted.equals(each.identity()))) {
      out.print(report.say("Nothing to do: instances with this identity can be started."));
      return ExitCode.OK;
    }
    if (!execute) {
      out.print(report.say("Nothing was changed: to do it, add --execute"));
      return ExitCode.PENDING;
    }
    return changed(clients, clock, out, wanted);
  }

  private static String wanted(Settings settings) {
    var format = settings.oneOf(Setting.RRR_IDEMPOTENCY_KEY_FORMAT, "plain", "uuid");
    var client = settings.text(Setting.RRR_CLIENT_ID);
    var batch = settings.integer(Setting.RRR_EARN_BATCH_SIZE, 1, 1, MAX_BATCH);
    settings.check();
    return IdempotencyKeys.identityOfEarns(format, client, batch);
  }

  private static Map<TopicPartition, Recorded> recorded(Clients clients) {
    return WorkerIdentity.recorded(clients.admin(), TOPIC, GROUP);
  }

  private static Report report(Map<TopicPartition, Recorded> recorded, String wanted) {
    var identities =
        recorded.values().stream()
            .map(each -> Objects.requireNonNullElse(each.identity(), "none"))
            .collect(Collectors.toCollection(TreeSet::new));
    return new Report()
        .put("recorded", identities.isEmpty() ? "none" : String.join("; ", identities))
        .put("wanted", wanted)
        .put("partitions_in_flight", inFlight(recorded));
  }

  private static String inFlight(Map<TopicPartition, Recorded> recorded) {
    var partitions =
        recorded.entrySet().stream()
            .filter(each -> !each.getValue().atRest())
            .map(each -> Integer.toString(each.getKey().partition()))
            .collect(Collectors.joining(", "));
    return partitions.isEmpty() ? "none" : partitions;
  }

  private int changed(Clients clients, Clock clock, Console out, String wanted)
      throws InterruptedException {
    clients.publish(Topics.FLAGS, Setting.RRR_EARN_INTAKE.name(), closed(clock));
    out.progress("The intake is closed; instances finish what they have begun.");
    var done = false;
    try {
      done = recordedInTime(clients, out, wanted);
    } finally {
      clients.publish(Topics.FLAGS, Setting.RRR_EARN_INTAKE.name(), null);
      out.progress("The intake is open again.");
    }
    if (!done) {
      out.print(report(recorded(clients), wanted).say("Stopped: nothing was changed."));
      return ExitCode.STOPPED;
    }
    out.print(
        report(recorded(clients), wanted)
            .say("Recorded: start the instances with the new settings."));
    return ExitCode.OK;
  }

  private FlagChanged closed(Clock clock) {
    return FlagChanged.newBuilder()
        .setName(Setting.RRR_EARN_INTAKE.name())
        .setValue("false")
        .setChangedBy(operator.name())
        .setChangedAt(clock.instant())
        .build();
  }

  /** Returns false when the operator stopped it. */
  private boolean recordedInTime(Clients clients, Console out, String wanted)
      throws InterruptedException {
    var deadline = System.nanoTime() + Duration.ofMinutes(timeout).toNanos();
    var told = "";
    while (true) {
      var why = recorded(clients, wanted);
      if (why == null) return true;
      if (System.nanoTime() - deadline > 0)
        throw UserError.unavailable(
            "nothing was changed within %d minutes: %s".formatted(timeout, why), null);
      if (!why.equals(told)) out.progress("%s", why);
      told = why;
      if (clients.stop().within(PAUSE)) return false;
    }
  }

  /** Returns what has to happen first; null: it is recorded. */
  private static String recorded(Clients clients, String wanted) {
    var busy = inFlight(recorded(clients));
    if (!busy.equals("none"))
      return "Waiting until nothing is in flight in the partitions %s; instances with the former settings must run"
          .formatted(busy);
    try {
      WorkerIdentity.record(clients.admin(), TOPIC, GROUP, wanted);
      return null;
    } catch (IllegalStateException notYet) {
      return "Waiting: " + notYet.getMessage();
    }
  }
}
