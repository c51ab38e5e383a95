package com.xxxchatnow.loyalty.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;

/**
 * Where a command answers: the result on standard output, as text or as one JSON document; progress
 * on standard error, so that a pipe carries nothing but the result.
 */
public final class Console {
  /** How the result is printed. */
  public enum Format {
    table,
    json
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BAR = 30;

  private final PrintWriter result;
  private final PrintWriter progress;
  private final Format format;
  private final boolean terminal;

  /**
   * @param terminal whether progress goes to a person's terminal: a bar, else plain lines
   */
  public Console(PrintWriter result, PrintWriter progress, Format format, boolean terminal) {
    this.result = result;
    this.progress = progress;
    this.format = format;
    this.terminal = terminal;
  }

  public void print(Report report) {
    if (format == Format.json) result.println(pretty(report));
    else report.text().forEach(result::println);
    result.flush();
  }

  /** A line that says what goes on. */
  public void progress(String line, Object... values) {
    progress.println((terminal ? "\r\033[K" : "") + printable(line.formatted(values)));
    progress.flush();
  }

  /** How far a long run is: a bar that stays in its line, or a plain line in a pipe. */
  public void progress(long done, long all, String what) {
    if (!terminal) {
      progress("%d of %d %s", done, all, what);
      return;
    }
    var filled = all == 0 ? BAR : (int) Math.min(BAR, BAR * done / all);
    progress.print(
        "\r\033[K[%s%s] %d/%d %s"
            .formatted("#".repeat(filled), "-".repeat(BAR - filled), done, all, what));
    progress.flush();
  }

  /** Text of others without control characters: they could rewrite an operator's terminal. */
  public static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\\n]]|\\p{Cf}", "\uFFFD");
  }

  private static String pretty(Report report) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report.json());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
