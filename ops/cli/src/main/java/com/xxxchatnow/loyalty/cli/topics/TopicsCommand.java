package com.xxxchatnow.loyalty.cli.topics;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The topics as they shall be. */
@Command(
    name = "topics",
    description = "Compare the cluster's topics with ops/topics.yaml, and mend them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TopicsCommand.Plan.class, TopicsCommand.Apply.class, TopicsCommand.Print.class})
public final class TopicsCommand {

  /** What plan and apply have in common. */
  abstract static class Desired extends Operation {
    @Option(
        names = "--file",
        description = "The desired state; default: ops/topics.yaml as it was built in.")
    private Path file;

    @Option(
        names = "--replication-factor",
        description = "Replicas of a partition. Environment: TOPIC_REPLICATION_FACTOR.")
    private Integer replicas;

    @Option(
        names = "--min-insync-replicas",
        description = "Replicas that acknowledge. Environment: TOPIC_MIN_INSYNC_REPLICAS.")
    private Integer minInsync;

    @Option(
        names = "--allow",
        paramLabel = "TOPIC:WHAT",
        description = "Allow a risky change; the plan names it. May be repeated.")
    private Set<String> allowed = Set.of();

    @Override
    public void override(Map<String, String> environment) {
      super.override(environment);
      put(environment, Setting.TOPIC_REPLICATION_FACTOR, replicas);
      put(environment, Setting.TOPIC_MIN_INSYNC_REPLICAS, minInsync);
    }

    TopicsPlan plan(Clients clients) throws IOException, InterruptedException {
      var settings = clients.settings();
      var factor = settings.integer(Setting.TOPIC_REPLICATION_FACTOR, 1, 1, 100);
      var insync = settings.integer(Setting.TOPIC_MIN_INSYNC_REPLICAS, 1, 1, 100);
      settings.check();
      var desired = TopicsFile.read(text(), TopicsFile.variables(factor, insync));
      return TopicsPlan.of(Provisioning.live(clients.admin()), desired, allowed);
    }

    private String text() throws IOException {
      if (file == null) return builtIn();
      if (!Files.isReadable(file)) throw usage("%s can't be read", file);
      return Files.readString(file);
    }

    static Report report(TopicsPlan plan) {
      var report = new Report();
      plan.lines().forEach(report::say);
      var refused = plan.refused().size();
      return report
          .quiet("plan", plan.id())
          .quiet("changes", plan.lines())
          .quiet("pending", plan.doable().size())
          .quiet("refused", refused)
          .say(
              plan.changes().isEmpty()
                  ? "The topics are as they shall be."
                  : "Plan %s: %d to do, %d refused"
                      .formatted(plan.id(), plan.doable().size(), refused));
    }
  }

  /** Prints the difference. */
  @Command(
      name = "plan",
      description = "Print what apply would do. Exit code 0: nothing, 2: changes are pending.",
      footerHeading = "%nExample:%n",
      footer = "  TOPIC_REPLICATION_FACTOR=3 TOPIC_MIN_INSYNC_REPLICAS=2 loyalty topics plan")
  public static final class Plan extends Desired {
    @Override
    protected int run(Clients clients, Clock clock, Console out) throws Exception {
      var plan = plan(clients);
      out.print(report(plan));
      return plan.changes().isEmpty() ? ExitCode.OK : ExitCode.PENDING;
    }
  }

  /** Does what was printed. */
  @Command(
      name = "apply",
      description = {
        "Do what plan printed. Never deletes; lowers nothing without --allow.",
        "Exit code 0: all is as it shall be, 1: something was refused."
      },
      footerHeading = "%nExample:%n",
      footer = {
        "  loyalty topics plan               prints: Plan 3f2a91bc: …",
        "  loyalty topics apply --plan 3f2a91bc"
      })
  public static final class Apply extends Desired {
    @Option(
        names = "--plan",
        paramLabel = "ID",
        description = "The plan that was printed; nothing is done when it has become another.")
    private String planned;

    @Option(names = "--yes", description = "Apply whatever the plan is now, as a script does.")
    private boolean yes;

    @Override
    protected int run(Clients clients, Clock clock, Console out) throws Exception {
      var plan = plan(clients);
      if (planned == null && !yes) {
        out.print(report(plan));
        throw usage("nothing was done; to do it: topics apply --plan %s (or --yes)", plan.id());
      }
      if (planned != null && !planned.equals(plan.id()))
        throw UserError.refused(
            "nothing was done: the plan is now %s, not %s; see: topics plan"
                .formatted(plan.id(), planned));
      Provisioning.apply(clients.admin(), plan);
      out.print(report(plan).say("Done: %d", plan.doable().size()));
      return plan.refused().isEmpty() ? ExitCode.OK : ExitCode.DIFFERENT;
    }
  }

  /** Prints the catalogue as a topics file. */
  @Command(
      name = "print",
      description = "Print the catalogue of topics as ops/topics.yaml.",
      footerHeading = "%nExample:%n",
      footer = "  loyalty topics print > ops/topics.yaml")
  public static final class Print extends Operation {
    @Override
    protected int run(Clients clients, Clock clock, Console out) {
      var file = TopicsFile.write(Topics.ALL);
      out.print(new Report().quiet("file", file).say("%s", file.stripTrailing()));
      return ExitCode.OK;
    }
  }

  static String builtIn() throws IOException {
    try (var stream = TopicsCommand.class.getResourceAsStream("/topics.yaml")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
