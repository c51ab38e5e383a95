package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
      " 0:results and RRR's ledger agree, and the demonstration went as expected",
      " 1:they do not, it did not, or something failed",
      " 2:wrong usage, or a faulty file: nothing was published"
    })
public final class Sandbox implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration STALLED = Duration.ofMinutes(2);
  private static final int WARM_UP_CHECKOUTS = 20;
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
  private final Terminal terminal = new Terminal(System.out, clock, isTerminal());

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
      try (var collector = new ResultCollector(stack.addresses(), terminal::step)) {
        collector.awaitEnd();
      }
      return code;
    }
  }

  private int run(Addresses addresses, PurchaseRun file) throws IOException, InterruptedException {
    var orders = new PublishedOrders();
    var unmet = List.<String>of();
    try (var publisher = new Publisher(addresses);
        var collector =
            new ResultCollector(addresses, file.given() ? line -> {} : terminal::step)) {
      if (file.given()) {
        file.publish(publisher, orders);
        await(collector, () -> progress(orders, collector));
      } else {
        unmet = demonstrate(addresses, publisher, orders, collector);
      }
      var ledger = RrrLedger.read(addresses);
      var summary = Summary.of(orders, collector, ledger, unmet);
      if (!file.given()) terminal.print("\n" + OutcomeTable.of(orders, collector, ledger));
      terminal.print(summary.text());
      if (json) terminal.print(summary.json());
      return summary.agree() && summary.asExpected() ? AGREE : DISAGREE;
    }
  }

  /**
   * Plays the demonstration, one scene after another; returns what went otherwise than expected.
   */
  private List<String> demonstrate(
      Addresses addresses, Publisher publisher, PublishedOrders orders, ResultCollector collector)
      throws IOException, InterruptedException {
    warmUp(publisher, collector);
    var rrr = new RrrAdmin(addresses.rrr());
    var play = new Demonstration(publisher, collector, orders, terminal::step, clock, suffix());
    var scenes =
        List.<Scene>of(
            play::purchases,
            play::checkouts,
            play::cancellation,
            () -> play.link(rrr),
            play::purchaseOfTheLinkedUser,
            () -> play.unlink(rrr),
            play::purchaseOfTheUnlinkedUser,
            () -> play.otherWebhooks(rrr));
    for (var scene : scenes) {
      scene.play();
      await(
          collector,
          () ->
              orders.undecided(collector).isEmpty()
                  && play.expectations().missing(collector.webhookEvents()).isEmpty());
    }
    var unmet = new ArrayList<String>();
    unmet.addAll(
        play.expectations().unmet(collector.results().values(), collector.redemptions().values()));
    unmet.addAll(play.expectations().missing(collector.webhookEvents()));
    return unmet;
  }

  private interface Scene {
    void play() throws IOException, InterruptedException;
  }

  /**
   * Asks for quotes that nobody wants until one is answered in time: on a machine that is busy the
   * first ones are not, and every checkout of the demonstration would go without discount.
   */
  private void warmUp(Publisher publisher, ResultCollector collector) throws InterruptedException {
    terminal.step("warming up until quotes are answered in time");
    for (var attempt = 1; attempt <= WARM_UP_CHECKOUTS; attempt++) {
      var orders = new PublishedOrders();
      var order = "warm-up-%d%s".formatted(attempt, suffix());
      new Demonstration(publisher, collector, orders, _ -> {}, clock, "")
          .checkout(order, "warm-up", 20L, null);
      await(
          collector,
          () -> collector.redemptions().get(order) != null && isAnswered(collector, order));
      if (collector.redemptions().get(order).getReason() != Reason.RRR_UNAVAILABLE) return;
    }
  }

  private static boolean isAnswered(ResultCollector collector, String order) {
    return collector.redemptions().get(order).getStatus() != RedemptionStatus.QUOTING;
  }

  /** A sandbox begins anew each time; what compose has started remembers earlier orders. */
  private String suffix() {
    return against == null ? "" : "-" + Long.toString(clock.millis(), Character.MAX_RADIX);
  }

  private boolean progress(PublishedOrders orders, ResultCollector collector) {
    var decided = orders.decided(collector);
    terminal.progress(decided, orders.purchases());
    return decided == orders.purchases();
  }

  /** Waits for the end; gives up when nothing at all has happened for two minutes. */
  private void await(ResultCollector collector, BooleanSupplier ended) throws InterruptedException {
    var seen = -1;
    var lastChange = System.nanoTime();
    while (!ended.getAsBoolean()) {
      if (collector.seen() != seen) {
        seen = collector.seen();
        lastChange = System.nanoTime();
      } else if (System.nanoTime() - lastChange > STALLED.toNanos()) {
        terminal.print("Nothing has happened for " + STALLED.toSeconds() + " s: giving up.");
        return;
      }
      Thread.sleep(LOOK);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // what the console is depends on the JDK's jdk.console
  private static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }
}
