package com.xxxchatnow.loyalty.cli;

import com.xxxchatnow.loyalty.cli.command.CliSettings;
import com.xxxchatnow.loyalty.cli.command.CommandLineContext;
import com.xxxchatnow.loyalty.cli.command.Stop;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.deadletters.DltCommand;
import com.xxxchatnow.loyalty.cli.flags.FlagsCommand;
import com.xxxchatnow.loyalty.cli.orders.EarnCommand;
import com.xxxchatnow.loyalty.cli.reconcile.ReconcileCommand;
import com.xxxchatnow.loyalty.cli.reconcile.WebhooksCommand;
import com.xxxchatnow.loyalty.cli.redemptions.RedemptionsCommand;
import com.xxxchatnow.loyalty.cli.topics.SchemasCommand;
import com.xxxchatnow.loyalty.cli.topics.TopicsCommand;
import com.xxxchatnow.loyalty.kit.settings.SettingsException;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code ops/loyalty}: what an operator does at three in the morning, safe by default. */
@Command(
    name = "loyalty",
    description = "Dead letters, topics, schemas, redemptions and flags of the loyalty pipeline.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DltCommand.class,
      EarnCommand.class,
      RedemptionsCommand.class,
      ReconcileCommand.class,
      WebhooksCommand.class,
      FlagsCommand.class,
      TopicsCommand.class,
      SchemasCommand.class,
      CompletionCommand.class
    },
    footerHeading = "%nExit codes:%n",
    footer = {
      "    0  done, or nothing to do",
      "    1  a difference was found, something was refused, or a canary came back",
      "    2  changes are pending (topics plan, schemas check)",
      "   64  wrong usage or configuration; nothing was done",
      "   69  Kafka, the registry, the saga or RRR is away or refuses",
      "   70  a defect of this tool; --debug shows where",
      "  143  stopped by a signal; the same command goes on where it was",
      "",
      "Every command that changes something but flags set shows first what it would do. Start"
          + " with:",
      "  loyalty dlt list            what failed, why and since when",
      "  loyalty earn why ORDER_ID   the whole story of an order",
      "  loyalty COMMAND --help      examples of each command"
    })
public final class Loyalty implements CommandLineContext {
  private static final int STOP_LIMIT_SECONDS = 30;
  private static final int HELP_WIDTH = 100;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintWriter result;
  private final PrintWriter progress;
  private final boolean terminal;
  private final Stop stop = new Stop();

  Loyalty(
      Map<String, String> environment,
      Clock clock,
      PrintWriter result,
      PrintWriter progress,
      boolean terminal) {
    this.environment = environment;
    this.clock = clock;
    this.result = result;
    this.progress = progress;
    this.terminal = terminal;
  }

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.setProperty("logback.configurationFile", "logback-cli.xml");
    if (Arrays.asList(args).contains("--debug")) System.setProperty("cli.log", "WARN");
    var loyalty =
        new Loyalty(
            CliSettings.environment(),
            Clock.systemUTC(),
            new PrintWriter(System.out, true),
            new PrintWriter(System.err, true),
            System.console() != null && System.console().isTerminal());
    var ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(loyalty, ended), "stop"));
    var code = loyalty.run(args);
    ended.countDown();
    System.exit(code);
  }

  /** SIGTERM and Ctrl-C: the command ends in good order before the process does. */
  private static void stop(Loyalty loyalty, CountDownLatch ended) {
    loyalty.stop.ask();
    try {
      ended.await(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs one command and answers its exit code. */
  int run(String... args) {
    return new CommandLine(this)
        .setOut(result)
        .setErr(progress)
        .setUsageHelpWidth(HELP_WIDTH)
        .setUsageHelpAutoWidth(terminal)
        .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, parsed))
        .setParameterExceptionHandler((wrong, _) -> usage(wrong))
        .execute(args);
  }

  @Override
  public Stop stop() {
    return stop;
  }

  @Override
  public Map<String, String> environment() {
    return environment;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Console out(Console.Format format) {
    return new Console(result, progress, format, terminal);
  }

  private int usage(CommandLine.ParameterException wrong) {
    progress.println("loyalty: " + wrong.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, progress);
    progress.println("See: " + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  private int failed(Exception failure, CommandLine.ParseResult parsed) {
    progress.println("loyalty: " + Failures.line(failure));
    if (debug(parsed)) failure.printStackTrace(progress);
    LoggerFactory.getLogger(Loyalty.class).debug("failed", failure);
    return switch (failure) {
      case UserError error -> error.exitCode();
      case SettingsException _ -> ExitCode.USAGE;
      case KafkaException _, IOException _, RestClientException _, ExecutionException _ ->
          ExitCode.UNAVAILABLE;
      default -> ExitCode.DEFECT;
    };
  }

  private static boolean debug(CommandLine.ParseResult parsed) {
    for (var level = parsed; level != null; level = level.subcommand()) {
      if (level.hasMatchedOption("--debug")) return true;
    }
    return false;
  }
}
