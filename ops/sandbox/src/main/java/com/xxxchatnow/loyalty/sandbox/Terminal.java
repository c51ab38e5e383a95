package com.xxxchatnow.loyalty.sandbox;

import java.io.PrintStream;
import java.time.Clock;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** Lines for people; on a terminal also a progress bar, that lines do not tear apart. */
final class Terminal {
  private static final int WIDTH = 40;

  private final PrintStream out;
  private final Clock clock;
  private final boolean interactive;
  private String bar = "";
  private int lastTenth = -1;

  Terminal(PrintStream out, Clock clock, boolean interactive) {
    this.out = out;
    this.clock = clock;
    this.interactive = interactive;
  }

  /** A line with the time in front. */
  synchronized void step(String line) {
    var time = LocalTime.ofInstant(clock.instant(), ZoneId.systemDefault());
    print(time.truncatedTo(ChronoUnit.MILLIS) + "  " + line);
  }

  /** A line as it is. */
  synchronized void print(String line) {
    if (interactive && !bar.isEmpty()) out.print("\r" + " ".repeat(bar.length()) + "\r");
    out.println(line);
    if (interactive && !bar.isEmpty()) out.print(bar);
    out.flush();
  }

  /** How far a run is: a bar on a terminal, a line each tenth elsewhere. */
  synchronized void progress(int done, int of) {
    var text = "%d of %d purchases decided".formatted(done, of);
    if (interactive) {
      var filled = of == 0 ? WIDTH : (int) ((long) WIDTH * done / of);
      bar = "[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + text;
      out.print("\r" + bar);
      if (done == of) {
        out.println();
        bar = "";
      }
      out.flush();
    } else if (of > 0 && (int) (10L * done / of) > lastTenth) {
      lastTenth = (int) (10L * done / of);
      print(text);
    }
  }
}
