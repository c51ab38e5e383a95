package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The sandbox as its users start it: a process of its own. */
record SandboxProcess(int exitCode, String text) {
  private static final long MINUTES = 4;

  /** Runs to its end. */
  static SandboxProcess run(Path folder, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    var process = start(folder, environment, args);
    try {
      var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
      return new SandboxProcess(process.exitValue(), text);
    } finally {
      process.destroyForcibly();
    }
  }

  static Process start(Path folder, Map<String, String> environment, String... args)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Sandbox.class.getName()));
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** What {@code --json} printed. */
  JsonNode summary() throws IOException {
    return new ObjectMapper().readTree(text.substring(text.lastIndexOf("\n{") + 1));
  }

  /** Everything in the demonstration went as expected, by the results and by RRR's ledger. */
  void wentAsExpected() throws IOException {
    assertThat(exitCode).as(text).isZero();
    var summary = summary();
    assertThat(summary.get("agree").asBoolean()).isTrue();
    assertThat(summary.get("as_expected").asBoolean()).isTrue();
    assertThat(summary.get("purchases").asInt()).isEqualTo(9);
    assertThat(summary.get("earned").asInt()).isEqualTo(4);
    assertThat(summary.get("skipped").toString()).isEqualTo("{\"NOT_LINKED\":2,\"ZERO_POINTS\":1}");
    assertThat(summary.get("dead_lettered").toString())
        .isEqualTo("{\"REFUSED_VALIDATION\":1,\"UNREADABLE\":1}");
    assertThat(summary.get("points").asInt()).isEqualTo(49 + 40 + 45 + 10);
    assertThat(summary.get("ledger_points").asInt()).isEqualTo(49 + 40 + 45 + 10);
    assertThat(summary.get("redemptions").toString())
        .isEqualTo("{\"COMMITTED\":1,\"EXPIRED\":1,\"REJECTED\":1,\"REVERSED\":2}");
    assertThat(text)
        .contains("webhook    +49 points posted")
        .containsSubsequence("webhook    link of unlinked-uma", ": ACTIVE")
        .containsSubsequence("webhook    link of unlinked-uma", ": REVOKED");
  }
}
