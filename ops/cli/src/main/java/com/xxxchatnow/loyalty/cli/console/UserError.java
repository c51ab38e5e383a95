package com.xxxchatnow.loyalty.cli.console;

/** What the operator must know, in one line; shown without a stack trace. */
public final class UserError extends RuntimeException {
  private final int exitCode;

  private UserError(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The command can't be carried out as it was given. */
  public static UserError usage(String message) {
    return new UserError(ExitCode.USAGE, message, null);
  }

  /** Something was refused on purpose. */
  public static UserError refused(String message) {
    return new UserError(ExitCode.DIFFERENT, message, null);
  }

  /** Something that is needed is away. */
  public static UserError unavailable(String message, Throwable cause) {
    return new UserError(ExitCode.UNAVAILABLE, message, cause);
  }

  public int exitCode() {
    return exitCode;
  }
}
