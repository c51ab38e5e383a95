package com.xxxchatnow.loyalty.cli.console;

/** What a command says to the script that called it; README.md explains each. */
public final class ExitCode {
  public static final int OK = 0;

  /** A difference was found, something was refused, or a canary came back. */
  public static final int DIFFERENT = 1;

  /** Changes are pending, as CI tools expect of a plan. */
  public static final int PENDING = 2;

  /** The command line or the configuration is wrong; nothing was done. */
  public static final int USAGE = 64;

  /** Kafka, the registry or RRR is away or refuses; what was done before is reported. */
  public static final int UNAVAILABLE = 69;

  /** A defect of this tool; --debug shows where. */
  public static final int DEFECT = 70;

  /** Stopped by a signal before the end; the same command goes on where it was. */
  public static final int STOPPED = 143;

  private ExitCode() {}
}
