package com.xxxchatnow.loyalty.bench;

import com.xxxchatnow.loyalty.cli.Loyalty;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How long {@code ops/loyalty reconcile} takes and how much memory it needs, for a tenth of the
 * purchases and for all of them; beside it a bare consumer that reads the same topics in the same
 * run.
 */
@Command(
    name = "reconcile",
    description = "Time and peak heap of ops/loyalty reconcile, beside a bare consumer.",
    mixinStandardHelpOptions = true)
final class ReconcileBench implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** What the JVM logs of a collection: {@code 34M->3M(123M)}. */
  private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->(\\d+)M\\(");

  @Option(names = "--results", defaultValue = "1000000", description = "Default ${DEFAULT-VALUE}.")
  private int results;

  @Option(
      names = "--per-member",
      defaultValue = "10",
      description = "Purchases of each member; default ${DEFAULT-VALUE}.")
  private int perMember;

  @Option(
      names = "--heap",
      defaultValue = "64",
      description = "-Xmx of reconcile, in MiB; default ${DEFAULT-VALUE}.")
  private int heap;

  @Spec private CommandSpec spec;

  private final Clock clock = Clock.systemUTC();

  /** Seconds, and MiB before and after a collection. */
  private record Run(double read, double all, long used, long live) {}

  @Override
  public Integer call() throws Exception {
    var begin = clock.instant();
    try (var stack = new Stack();
        var purchases = new Purchases(stack, perMember)) {
      head();
      purchases.make(0, results / 10);
      measure(stack, begin, results / 10);
      purchases.make(results / 10, results);
      measure(stack, begin, results);
    }
    return 0;
  }

  private void head() {
    out()
        .printf(
            "%n%10s %9s %14s %16s %16s %10s %10s%n",
            "results",
            "members",
            "bare read s",
            "reconcile read",
            "reconcile all s",
            "used MiB",
            "live MiB");
    out().flush();
  }

  private void measure(Stack stack, Instant begin, int count) throws Exception {
    var baseline = read(stack, count);
    var run = reconcile(stack, begin, count);
    out()
        .printf(
            "%,10d %,9d %14.1f %16.1f %16.1f %10d %10d%n",
            count, count / perMember, baseline, run.read(), run.all(), run.used(), run.live());
    out().flush();
  }

  private Run reconcile(Stack stack, Instant begin, int count) throws IOException {
    var log = Files.createTempFile("reconcile-gc-", ".log");
    var start = System.nanoTime();
    try (var reconcile =
        JavaProcess.of(Loyalty.class)
            .jvmArgs("-Xmx" + heap + "m", "-Xlog:gc:file=" + log)
            .env(stack.env())
            .args("reconcile", "--from", begin.toString(), "--to", clock.instant().toString())
            .args("--margin", "0", "--rps", "10000")
            .start()) {
      reconcile.awaitLine(" of 256 shares", LIMIT);
      var read = seconds(start);
      var code = reconcile.awaitExit(LIMIT);
      var all = seconds(start);
      var output = reconcile.output();
      if (code != 0 || !output.contains("members: " + count / perMember))
        throw new IllegalStateException("reconcile ended with " + code + ":\n" + output);
      return new Run(read, all, peak(log, 1), peak(log, 2));
    } finally {
      Files.deleteIfExists(log);
    }
  }

  /** The highest of the collections' figures. */
  private static long peak(Path log, int group) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines
          .map(COLLECTION::matcher)
          .filter(matcher -> matcher.find())
          .mapToLong(matcher -> Long.parseLong(matcher.group(group)))
          .max()
          .orElseThrow(() -> new IllegalStateException("no collection in " + log));
    }
  }

  /** The baseline: all that reconcile reads, as bytes, and nothing done with it. */
  private static double read(Stack stack, int count) {
    var start = System.nanoTime();
    var bytes = new ByteArrayDeserializer();
    try (var consumer =
        new KafkaConsumer<>(
            stack.settings().client("bare", Map.of("isolation.level", "read_committed")),
            bytes,
            bytes)) {
      consumer.assign(
          Stream.of(Topics.EARN_RESULTS.name(), Topics.REDEMPTIONS.name())
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList());
      consumer.seekToBeginning(consumer.assignment());
      for (var seen = 0; seen < count; ) seen += consumer.poll(Duration.ofMillis(200)).count();
    }
    return seconds(start);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
