package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A service as the platform starts it: its own {@code main}, its environment, its output. */
final class ServiceProcess {
  private static final long MINUTES = 3;

  private final Process process;
  private final BufferedReader lines;
  private final StringBuilder text = new StringBuilder();

  private ServiceProcess(Process process) {
    this.process = process;
    this.lines = process.inputReader();
  }

  static ServiceProcess earnProcessor(Map<String, String> environment) throws IOException {
    var builder =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-Dlogback.configurationFile=" + CapturedLog.CONFIGURATION,
                    "-cp",
                    System.getProperty("java.class.path"),
                    "com.xxxchatnow.loyalty.earn.EarnProcessor"))
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new ServiceProcess(builder.start());
  }

  void awaitLine(String containing) throws IOException {
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      text.append(line).append('\n');
      if (line.contains(containing)) return;
    }
    throw new AssertionError("it ended without saying '%s':%n%s".formatted(containing, text));
  }

  /** SIGTERM; by its handle, because Process would close our end of its output too. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Waits for its end. */
  int exitCode() throws IOException, InterruptedException {
    try {
      lines.lines().forEach(line -> text.append(line).append('\n'));
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  /** All it wrote, when it has ended. */
  String text() {
    return text.toString();
  }
}
