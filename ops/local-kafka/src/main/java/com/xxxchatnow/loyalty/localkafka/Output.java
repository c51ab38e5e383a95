package com.xxxchatnow.loyalty.localkafka;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.regex.Pattern;

/** What a child process wrote: the newest lines here, all of them in its log file. */
final class Output {
  private static final int KEPT = 2_000;

  private final Writer log;
  private final Queue<String> lines = new ArrayDeque<>();
  private boolean ended;
  private Thread reader;

  /**
   * @param log file to append to; null for none
   */
  Output(Path log) throws IOException {
    this.log = log == null ? Writer.nullWriter() : appending(log);
  }

  private static BufferedWriter appending(Path log) throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    return Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  void follow(String name, InputStream stream) {
    reader = Thread.ofPlatform().daemon().name("output of " + name).start(() -> read(stream));
  }

  private void read(InputStream stream) {
    try (log;
        var in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        log.write(line + System.lineSeparator());
        log.flush();
        add(line);
      }
    } catch (IOException failure) {
      add("(the rest of the output is lost: " + failure + ")");
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    if (lines.size() == KEPT) lines.remove();
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** A line in which the pattern is found; null when the output or the time ended without one. */
  synchronized String await(Pattern pattern, Duration atMost) {
    var deadline = System.nanoTime() + atMost.toNanos();
    try {
      while (true) {
        for (var line : lines) if (pattern.matcher(line).find()) return line;
        var left = deadline - System.nanoTime();
        if (ended || left <= 0) return null;
        wait(left / 1_000_000 + 1);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  /** Waits until everything the ended process wrote is here. */
  void awaitEnd() throws InterruptedException {
    // Not for ever: a grandchild may hold the pipe open.
    reader.join(Duration.ofSeconds(2));
  }
}
