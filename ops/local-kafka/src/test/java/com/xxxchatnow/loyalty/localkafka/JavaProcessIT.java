package com.xxxchatnow.loyalty.localkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class JavaProcessIT {
  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  void a_child_has_its_environment_and_says_so_in_its_output_and_log(@TempDir Path folder)
      throws Exception {
    var log = folder.resolve("logs").resolve("child.log");
    try (var child = JavaProcess.of(Child.class).env("GREETING", "hello").logTo(log).start()) {
      assertThat(child.awaitLine("greeting", SOON)).isEqualTo("greeting hello");
      port(child, "port");
    }
    assertThat(Files.readString(log)).contains("greeting hello").contains("goodbye");
  }

  @Test
  void a_stopped_child_ends_in_good_order() {
    try (var child = JavaProcess.of(Child.class).start()) {
      var port = port(child, "port");
      child.stop(SOON);
      assertThat(child.exitCode()).isEqualTo(143);
      assertThat(child.output()).contains("goodbye");
      assertThat(Ports.isFree(port)).isTrue();
    }
  }

  @Test
  void a_killed_child_is_gone_without_a_word() {
    try (var child = JavaProcess.of(Child.class).start()) {
      var port = port(child, "port");
      child.kill();
      assertThat(child.exitCode()).isEqualTo(137);
      assertThat(child.output()).doesNotContain("goodbye");
      assertThat(Ports.isFree(port)).isTrue();
    }
  }

  @Test
  void children_go_when_their_parent_is_killed(@TempDir Path folder) {
    var leftovers = "-Djava.io.tmpdir=" + folder;
    try (var parent = JavaProcess.of(Parent.class).jvmArgs(leftovers).start()) {
      var child = port(parent, "child's port");
      var registry = port(parent, "registry's port");
      assertThat(Ports.isFree(child)).isFalse();
      assertThat(Ports.isFree(registry)).isFalse();
      parent.kill();
      await().atMost(SOON).until(() -> Ports.isFree(child) && Ports.isFree(registry));
    }
  }

  @Test
  void a_child_that_ends_without_the_awaited_line_is_shown_with_its_output() {
    try (var child = JavaProcess.of(Child.class).jvmArgs("-XX:NoSuchFlag").start()) {
      assertThatThrownBy(() -> child.awaitLine("port", SOON))
          .hasMessageContaining("Child ended with 1")
          .hasMessageContaining("NoSuchFlag");
      assertThat(child.awaitExit(SOON)).isEqualTo(1);
    }
  }

  private static int port(JavaProcess process, String name) {
    var line = process.awaitLine(Pattern.compile("^" + name + " \\d+$"), SOON);
    return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
  }
}
