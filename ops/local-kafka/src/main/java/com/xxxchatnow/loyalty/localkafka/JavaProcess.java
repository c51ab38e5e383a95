package com.xxxchatnow.loyalty.localkafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * A child JVM on this JVM's own {@code java.home}, so that a test can kill a service as a machine
 * does. It never outlives this JVM (see {@link ParentWatchdog}), but whoever wants to see it gone
 * closes it.
 */
public final class JavaProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LAST_MOMENT = Duration.ofSeconds(2);

  private final String name;
  private final Process process;
  private final Output output;

  private JavaProcess(String name, Process process, Output output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  /** A child that runs this main class on this JVM's class path. */
  public static Builder of(Class<?> main) {
    return new Builder(main.getSimpleName(), main.getName(), System.getProperty("java.class.path"));
  }

  /** A child that runs the main class named in the jar's manifest, on the jar's class path. */
  public static Builder ofJar(Path jar) {
    try (var opened = new JarFile(jar.toFile())) {
      var main = opened.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
      if (main == null) throw new IllegalArgumentException(jar + " names no main class");
      return new Builder(jar.getFileName().toString(), main, jar.toAbsolutePath().toString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Waits for a line of the output that contains the text, from its beginning on. */
  public String awaitLine(String text, Duration atMost) {
    return awaitLine(Pattern.compile(Pattern.quote(text)), atMost);
  }

  /**
   * Waits for a line of the output in which the pattern is found, from its beginning on.
   *
   * @throws IllegalStateException with the end of the output, when the time is over or the process
   *     ended without such a line
   */
  public String awaitLine(Pattern pattern, Duration atMost) {
    var line = output.await(pattern, atMost);
    if (line != null) return line;
    // Its output may end a moment before the process does.
    var over = ended(LAST_MOMENT);
    throw new IllegalStateException(
        "%s %s without the line \"%s\"; its output:%n%s"
            .formatted(
                name,
                over ? "ended with " + process.exitValue() : "went on for " + atMost,
                pattern,
                output()));
  }

  /** SIGKILL: as if the power were cut. Returns when it is gone. */
  public void kill() {
    process.toHandle().destroyForcibly();
    if (!ended(PATIENCE)) throw new IllegalStateException(name + " survives SIGKILL");
  }

  /** SIGTERM, SIGKILL when it takes longer than that. Returns when it is gone. */
  public void stop(Duration atMost) {
    // By its handle: Process.destroy would also close the pipes and lose the last lines.
    process.toHandle().destroy();
    if (!ended(atMost)) kill();
  }

  /** Waits for the end by itself. */
  public int awaitExit(Duration atMost) {
    if (ended(atMost)) return exitCode();
    throw new IllegalStateException(
        "%s still runs after %s; its output:%n%s".formatted(name, atMost, output()));
  }

  /** The exit code of the ended process: 137 after SIGKILL, 143 after SIGTERM. */
  public int exitCode() {
    return process.exitValue();
  }

  /** The newest lines of what it wrote, standard output and error together. */
  public String output() {
    return String.join("\n", output.lines());
  }

  /** Stops it. */
  @Override
  public void close() {
    stop(PATIENCE);
  }

  private boolean ended(Duration atMost) {
    try {
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) return false;
      output.awaitEnd();
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  /** How a child is to be started; its environment is this JVM's and what is added here. */
  public static final class Builder {
    private final String main;
    private final Map<String, String> env = new HashMap<>();
    private final List<String> jvmArgs =
        new ArrayList<>(
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m"));
    private final List<String> args = new ArrayList<>();
    private String name;
    private String classPath;
    private Path directory;
    private Path log;

    private Builder(String name, String main, String classPath) {
      this.name = name;
      this.main = main;
      this.classPath = classPath;
    }

    /** What messages call it; the main class or jar otherwise. */
    public Builder name(String newName) {
      name = newName;
      return this;
    }

    public Builder env(String variable, String value) {
      env.put(variable, value);
      return this;
    }

    public Builder env(Map<String, String> variables) {
      env.putAll(variables);
      return this;
    }

    /** Flags of the JVM, after this class's own: a small, quickly started JVM. */
    public Builder jvmArgs(String... flags) {
      jvmArgs.addAll(List.of(flags));
      return this;
    }

    public Builder args(String... arguments) {
      args.addAll(List.of(arguments));
      return this;
    }

    public Builder classPath(String newClassPath) {
      classPath = newClassPath;
      return this;
    }

    /** Where it runs; this JVM's folder otherwise. */
    public Builder in(Path folder) {
      directory = folder;
      return this;
    }

    /** A file that its output is appended to. */
    public Builder logTo(Path file) {
      log = file;
      return this;
    }

    public JavaProcess start() {
      var builder = new ProcessBuilder(command()).redirectErrorStream(true);
      builder.environment().putAll(env);
      if (directory != null) builder.directory(directory.toFile());
      try {
        var output = new Output(log);
        var process = builder.start();
        output.follow(name, process.getInputStream());
        return new JavaProcess(name, process, output);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private List<String> command() {
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmArgs);
      command.add("-cp");
      command.add(classPath + System.getProperty("path.separator") + home());
      command.add(ParentWatchdog.class.getName());
      command.add(main);
      command.addAll(args);
      return command;
    }

    private static Path home() {
      try {
        return Path.of(
            ParentWatchdog.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      } catch (URISyntaxException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
