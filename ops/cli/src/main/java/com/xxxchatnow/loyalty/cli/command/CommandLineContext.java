package com.xxxchatnow.loyalty.cli.command;

import com.xxxchatnow.loyalty.cli.console.Console;
import java.time.Clock;
import java.util.Map;

/** What every command gets from the program that runs it. */
public interface CommandLineContext {
  /** The environment, read once by the program. */
  Map<String, String> environment();

  Clock clock();

  Console out(Console.Format format);

  /** Says when the operator wants the command to end (Ctrl-C, SIGTERM). */
  Stop stop();
}
