package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole road as a newcomer takes it: the sandbox as a process of its own, through broker,
 * registry, simulator and all three services, judged by RRR's ledger.
 */
class SandboxIT {
  @TempDir private Path folder;

  @Test
  void the_demonstration_ends_as_expected_and_agrees_with_the_ledger() throws Exception {
    sandbox("--exit", "--json").wentAsExpected();
  }

  @Test
  void purchases_of_a_file_are_earned_to_the_last() throws Exception {
    var lines =
        IntStream.range(0, 600)
            .mapToObj(i -> "o-%d,user-%d,TOKEN_PURCHASE,USD,%d".formatted(i, i % 50, 100 + i))
            .toList();
    var file = file(lines);

    var run = sandbox("--exit", "--json", "--purchases", file.toString());

    assertThat(run.exitCode()).as(run.text()).isZero();
    assertThat(run.summary().get("earned").asInt()).isEqualTo(600);
    assertThat(run.summary().get("points").asLong())
        .isEqualTo(IntStream.range(0, 600).mapToLong(i -> (100 + i) / 100).sum());
    assertThat(run.summary().get("ledger_entries").asInt()).isEqualTo(600);
  }

  @Test
  void a_faulty_file_is_told_line_by_line_and_nothing_is_started() throws Exception {
    var file = file(List.of("o-1,alice,GIFT,USD,100", "o-2,bob,TOKEN_PURCHASE,USD,ten"));

    var run = sandbox("--exit", "--purchases", file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.text())
        .contains(file + ":2: kind must be")
        .contains(file + ":3: amount_minor must be a whole number")
        .doesNotContain("starting");
  }

  @Test
  void sigterm_leaves_no_process_and_no_folder_behind() throws Exception {
    var process = SandboxProcess.start(folder, Map.of());
    try (var lines = process.inputReader()) {
      assertThat(lines.lines().anyMatch(line -> line.contains("Everything runs"))).isTrue();
      var descendants = process.descendants().toList();
      assertThat(descendants).as("the registry at least").isNotEmpty();

      process.destroy();

      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(descendants).noneMatch(ProcessHandle::isAlive);
      try (var left = Files.list(folder)) {
        assertThat(left.filter(file -> !file.endsWith("hsperfdata_root"))).isEmpty();
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private Path file(List<String> lines) throws IOException {
    var file = folder.resolve("x.csv");
    Files.writeString(file, "order_id,user_id,kind,currency,amount_minor\n");
    return Files.write(file, lines, java.nio.file.StandardOpenOption.APPEND);
  }

  private SandboxProcess sandbox(String... args) throws IOException, InterruptedException {
    return SandboxProcess.run(folder, Map.of(), args);
  }
}
