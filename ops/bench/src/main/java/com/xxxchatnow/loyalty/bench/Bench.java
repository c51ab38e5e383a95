package com.xxxchatnow.loyalty.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Load and latency, each beside its baseline, on a Kafka of its own. */
@Command(
    name = "bench",
    description = "Load and latency, each beside its baseline, on a Kafka of its own.",
    mixinStandardHelpOptions = true,
    subcommands = {WebhooksBench.class, RedemptionLatency.class, ReconcileBench.class})
public final class Bench {
  private Bench() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }
}
