package com.xxxchatnow.loyalty.sandbox;

import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The programs of the release before this one, built from this repository's own history. */
final class LastRelease {
  /** CHANGELOG.md names it. */
  static final String COMMIT = "aad5ad9d9043f470b64c426ac326f135086a298d";

  private static final Path CACHE = Path.of("target", "last-release").toAbsolutePath();
  private static final String PROGRAMS = "earn-processor,redemption-saga,webhook-ingress";
  private static final long BUILD_MINUTES = 30;

  private final Path folder;

  private LastRelease(Path folder) {
    this.folder = folder;
  }

  /**
   * Builds it, unless an earlier run has.
   *
   * @throws AssertionError saying what to do, when the commit is not in this clone or doesn't build
   */
  static LastRelease built() throws IOException, InterruptedException {
    var done = CACHE.resolve(COMMIT);
    if (Files.exists(done)) return new LastRelease(done);
    Files.createDirectories(CACHE);
    var log = CACHE.resolve("build.log");
    if (!succeeds(Path.of("."), log, "git", "cat-file", "-e", COMMIT + "^{commit}"))
      throw new AssertionError(
          "The last release, commit %s, is not in this clone: get the whole history with"
                  .formatted(COMMIT)
              + " `git fetch --unshallow` (in GitHub Actions: fetch-depth: 0), or run the tests"
              + " without -Pdeep.");
    var tar = CACHE.resolve("sources.tar");
    var sources = CACHE.resolve("sources");
    Files.createDirectories(sources);
    var top = Path.of(output("git", "rev-parse", "--show-toplevel"));
    must(top, log, "git", "archive", "--format=tar", "--output=" + tar, COMMIT);
    must(sources, log, "tar", "-xf", tar.toString());
    Files.delete(tar);
    var build = List.of("./mvnw", "-B", "-ntp", "-q", "-DskipTests", "-pl", PROGRAMS, "-am");
    // Its dependencies are mostly this build's own.
    if (!succeeds(sources, log, with(build, "-o", "package")))
      must(sources, log, with(build, "package"));
    Files.move(sources, done);
    return new LastRelease(done);
  }

  /** A program of it, to be started. */
  JavaProcess.Builder program(String module) {
    return JavaProcess.ofJar(folder.resolve(module).resolve("target").resolve(module + ".jar"));
  }

  private static String[] with(List<String> command, String... more) {
    var all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static void must(Path in, Path log, String... command)
      throws IOException, InterruptedException {
    if (!succeeds(in, log, command))
      throw new AssertionError(
          "The last release can't be built: `%s` failed in %s; see %s"
              .formatted(String.join(" ", command), in, log));
  }

  private static boolean succeeds(Path in, Path log, String... command)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command)
            .directory(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    if (process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) return process.exitValue() == 0;
    process.destroyForcibly();
    return false;
  }

  private static String output(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    return text;
  }
}
