package com.xxxchatnow.loyalty.bench;

import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.redemption.RedemptionSaga;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import com.xxxchatnow.loyalty.simulator.faults.FaultRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long a checkout waits for its quote: from its request to QUOTED or REJECTED at a
 * read_committed reader, and RRR's own part of that.
 */
@Command(
    name = "redemption-latency",
    description = "From RedemptionRequested to QUOTED, with RRR's own time beside it.",
    mixinStandardHelpOptions = true)
final class RedemptionLatency implements Callable<Integer> {
  private static final Duration START = Duration.ofSeconds(120);
  private static final double TARGET_P50 = 30;
  private static final double TARGET_P99 = 100;

  @Option(names = "--rate", defaultValue = "100", description = "Checkouts a second.")
  private int rate;

  @Option(names = "--seconds", defaultValue = "30", description = "How long it is measured.")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "180",
      description =
          "Seconds before that, not counted: the compilers' time; default ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(names = "--rrr", defaultValue = "20", description = "RRR answers after so many ms.")
  private int rrrMillis;

  @Option(names = "--env", description = "Settings of the saga, as NAME=VALUE; may be repeated.")
  private Map<String, String> env = Map.of();

  @Option(
      names = "--jvm",
      defaultValue = "-XX:TieredStopAtLevel=4",
      description = "A flag of the saga's JVM; may be repeated.")
  private String[] jvm;

  @Override
  public Integer call() throws Exception {
    var folder = Files.createTempDirectory("redemption-latency-");
    try (var stack = new Stack()) {
      stack.simulator().faults().add(FaultRule.of(new Fault.Delay(Duration.ofMillis(rrrMillis))));
      try (var saga = saga(stack, folder);
          var checkouts = new Checkouts(stack)) {
        System.out.printf("Saga in process %d; warming up for %d s%n", saga.pid(), warmUp);
        checkouts.run("warm", rate, Duration.ofSeconds(warmUp));
        try (var bare = new BareTransactions(stack.settings())) {
          var measured = checkouts.run("measured", rate, Duration.ofSeconds(seconds));
          return print(measured, bare.percentiles());
        }
      }
    } finally {
      delete(folder);
    }
  }

  private JavaProcess saga(Stack stack, Path folder) {
    var saga =
        JavaProcess.of(RedemptionSaga.class)
            .env(stack.env())
            .env("REDEMPTION_STATE_DIR", folder.toString())
            .env(env)
            .jvmArgs("-Xmx512m")
            .jvmArgs(jvm)
            .start();
    saga.awaitLine("redemption-saga runs", START);
    return saga;
  }

  private int print(Checkouts.Times times, Percentiles bare) {
    var added = Percentiles.of(times.added());
    System.out.printf(
        "%n%d checkouts at %d/s, RRR answers after %d ms; %d without an answer%n",
        times.total().size(), rate, rrrMillis, times.missing());
    System.out.println("request → decided   " + Percentiles.of(times.total()));
    System.out.println("added by the saga   " + added);
    System.out.println("a bare transaction  " + bare + "   (three lie on a checkout's way)");
    System.out.println("the hops:");
    times
        .hops()
        .forEach((hop, millis) -> System.out.printf("  %-42s%s%n", hop, Percentiles.of(millis)));
    var met = times.missing() == 0 && added.p50() <= TARGET_P50 && added.p99() <= TARGET_P99;
    System.out.printf(
        "target: added p50 ≤ %.0f ms, p99 ≤ %.0f ms: %s%n",
        TARGET_P50, TARGET_P99, met ? "met" : "NOT met");
    return met ? 0 : 1;
  }

  private static void delete(Path folder) throws java.io.IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    }
  }
}
