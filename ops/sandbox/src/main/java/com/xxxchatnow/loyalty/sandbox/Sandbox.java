package com.xxxchatnow.loyalty.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole pipeline on one machine, with a demonstration or with purchases from a file. */
@Command(
    name = "ops/sandbox/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Starts a Kafka broker, a schema registry, the simulator of RRR and the three services on"
          + " this machine, plays a short demonstration and stays up until Ctrl-C."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:results and RRR's ledger agree",
      " 1:they do not, or something failed",
      " 2:wrong usage, or a faulty file: nothing was published"
    })
public final class Sandbox implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration STALLED = Duration.ofMinutes(2);
  private static final int AGREE = 0;
  private static final int DISAGREE = 1;
  private static final int USAGE = 2;

  @Option(
      names = "--purchases",
      paramLabel = "FILE.csv",
      description = {
        "Publish these purchases instead of the demonstration's. Header:"
            + " order_id,user_id,kind,currency,amount_minor and optionally"
            + " line_id,tokens_purchased,membership_tier,user_tier,occurred_at."
      })
  private Path purchases;

  enum Where {
    compose
  }

  @Option(
      names = "--against",
      paramLabel = "compose",
      description = {
        "Start nothing: use what docker compose has started on this machine. Its ports come from"
            + " the environment names of .env.example."
      })
  private Where against;

  @Option(
      names = "--exit",
      description = "End when every purchase and checkout is decided; print the summary.")
  private boolean exit;

  @Option(names = "--json", description = "Print the summary as one JSON object on the last line.")
  private boolean json;

  private final Clock clock = Clock.systemUTC();
  private final Terminal terminal = new Terminal(System.out, clock, System.console() != null);

  public static void main(String[] args) {
    // Before the first logger: what the parts log must not tear the lines for people apart.
    System.setProperty("logback.configurationFile", "sandbox-logback.xml");
    System.exit(new CommandLine(new Sandbox()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    var published = new PurchaseRun(purchases, clock);
    if (published.faults() != null) {
      System.err.println(published.faults());
      return USAGE;
    }
    if (against != null) return run(ComposeSettings.addresses(), published);
    try (var stack = Stack.start(terminal)) {
      var code = run(stack.addresses(), published);
      if (exit) return code;
      terminal.print(stack.addresses().describe() + "  Logs: " + stack.log());
      try (var told = new ResultCollector(stack.addresses(), terminal::tell)) {
        told.awaitEnd();
      }
      return code;
    }
  }

  private int run(Addresses addresses, PurchaseRun file) throws IOException, InterruptedException {
    var cast = new PublishedOrders();
    try (var publisher = new Publisher(addresses);
        var story = new ResultCollector(addresses, file.given() ? line -> {} : terminal::tell)) {
      if (file.given()) {
        file.publish(publisher, cast);
        await(story, () -> progress(cast, story));
      } else {
        var play = new Demonstration(publisher, story, cast, terminal::tell, clock, suffix());
        play.purchases();
        await(story, () -> cast.undecided(story).isEmpty());
        play.checkouts();
        await(story, () -> cast.undecided(story).isEmpty());
      }
      var ledger = RrrLedger.read(addresses);
      var summary = Summary.of(cast, story, ledger);
      if (!file.given()) terminal.print("\n" + Demonstration.table(cast, story, ledger));
      terminal.print(summary.text());
      if (json) terminal.print(summary.json());
      return summary.agree() ? AGREE : DISAGREE;
    }
  }

  /** A sandbox begins anew each time; what compose has started remembers earlier orders. */
  private String suffix() {
    return against == null ? "" : "-" + Long.toString(clock.millis(), Character.MAX_RADIX);
  }

  private boolean progress(PublishedOrders cast, ResultCollector story) {
    var decided = cast.decided(story);
    terminal.progress(decided, cast.purchases());
    return decided == cast.purchases();
  }

  /** Waits for the end; gives up when nothing at all has happened for two minutes. */
  private void await(ResultCollector story, BooleanSupplier ended) throws InterruptedException {
    var seen = -1;
    var lastChange = System.nanoTime();
    while (!ended.getAsBoolean()) {
      if (story.seen() != seen) {
        seen = story.seen();
        lastChange = System.nanoTime();
      } else if (System.nanoTime() - lastChange > STALLED.toNanos()) {
        terminal.print("Nothing has happened for " + STALLED.toSeconds() + " s: giving up.");
        return;
      }
      Thread.sleep(LOOK);
    }
  }
}
