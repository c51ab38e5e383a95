package com.xxxchatnow.loyalty.webhook.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer, guided by the coverage of our code and of the JSON parser, against what reads what
 * strangers send: two targets at once, each in a JVM of its own, since Jazzer rewrites the classes
 * it watches.
 */
class GuidedFuzzIT {
  private static final int RUNS = Depth.of("fuzz.runs", 5_000, 50_000);
  private static final String SEED = System.getProperty("fuzz.seed", "20261122");
  private static final Duration AT_MOST = Duration.ofMinutes(5);
  private static final Pattern COVERAGE = Pattern.compile("#\\d+\\s+(INITED|DONE) +cov: (\\d+)");
  private static final String WATCHED =
      "com.xxxchatnow.loyalty.webhook.*:com.fasterxml.jackson.core.**";

  @TempDir Path folder;

  @Test
  void whatever_is_tried_the_promises_hold() throws Exception {
    try (var signatures = jazzer(SignatureFuzz.class);
        var events = jazzer(EventFuzz.class)) {
      judge(signatures, SignatureFuzz.class);
      judge(events, EventFuzz.class);
    }
  }

  private void judge(JavaProcess jazzer, Class<?> target) throws IOException {
    var exit = jazzer.awaitExit(AT_MOST);
    var said = Files.readString(log(target));

    assertThat(exit).as(jazzer.output()).isZero();
    assertThat(said).contains("Done " + RUNS + " runs");
    assertThat(coverage(said, "DONE")).isGreaterThan(coverage(said, "INITED"));
    assertThat(files(corpus(target))).as("inputs that reached something new").isGreaterThan(10);
  }

  private JavaProcess jazzer(Class<?> target) throws IOException {
    return JavaProcess.of(Jazzer.class)
        .name(target.getSimpleName())
        .logTo(log(target))
        .jvmArgs("-XX:+EnableDynamicAgentLoading", "-XX:TieredStopAtLevel=4", "-Xmx512m")
        .args(
            "--target_class=" + target.getName(),
            "--instrumentation_includes=" + WATCHED,
            "--custom_hook_includes=" + WATCHED,
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder + "/",
            "-runs=" + RUNS,
            "-seed=" + SEED,
            "-max_len=1000",
            "-len_control=0",
            "-timeout=60",
            seeded(corpus(target)).toString())
        .start();
  }

  private Path log(Class<?> target) {
    return folder.resolve(target.getSimpleName() + ".log");
  }

  private Path corpus(Class<?> target) {
    return folder.resolve(target.getSimpleName());
  }

  /** Webhooks as RRR makes them, to begin with. The last byte says: as they are. */
  private static Path seeded(Path corpus) throws IOException {
    Files.createDirectory(corpus);
    Files.write(corpus.resolve("posted"), asIs(Webhook.posted("e-1", "m-1")));
    Files.write(corpus.resolve("link"), asIs(Webhook.link("e-1", "m-1", "u-1", "ACTIVE")));
    return corpus;
  }

  private static byte[] asIs(Webhook webhook) {
    var body = webhook.body();
    var bytes = Arrays.copyOf(body, body.length + 1);
    bytes[body.length] = 1;
    return bytes;
  }

  private static int coverage(String said, String when) {
    return COVERAGE
        .matcher(said)
        .results()
        .filter(it -> it.group(1).equals(when))
        .mapToInt(it -> Integer.parseInt(it.group(2)))
        .findFirst()
        .orElseThrow();
  }

  private static long files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }
}
