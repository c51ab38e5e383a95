package com.xxxchatnow.loyalty.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MainIT {
  @Test
  void it_starts_alone_prints_its_address_and_ends_on_sigterm() throws Exception {
    var process = start(Map.of("HTTP_PORT", "0"));
    try (var out = process.inputReader();
        var http = HttpClient.newHttpClient()) {
      var address = address(out);
      var ledger =
          http.send(
              HttpRequest.newBuilder(address.resolve("/admin/ledger")).build(),
              BodyHandlers.ofString());
      assertThat(ledger.statusCode()).isEqualTo(200);

      process.destroy();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void settings_that_cannot_be_read_are_named_and_it_ends_with_2() throws Exception {
    var process = start(Map.of("HTTP_PORT", "eighty", "SIMULATOR_SEED", "x"));
    try (var err = process.errorReader()) {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(2);
      assertThat(err.readAllAsString())
          .contains("HTTP_PORT", "SIMULATOR_SEED")
          .doesNotContain("at ");
    } finally {
      process.destroyForcibly();
    }
  }

  private static URI address(BufferedReader out) throws IOException {
    var line = out.readLine();
    assertThat(line).startsWith("RRR simulator on http://127.0.0.1:");
    return URI.create(line.split("[ ,]", -1)[3]);
  }

  private static Process start(Map<String, String> environment) throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Simulator.class.getName());
    builder.environment().putAll(environment);
    return builder.start();
  }
}
