package com.xxxchatnow.loyalty.cli;

/** What the operator must know, in one line; shown without a stack trace. */
final class UserError extends RuntimeException {
  private final int exitCode;

  private UserError(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The command can't be carried out as it was given. */
  static UserError usage(String message) {
    return new UserError(ExitCode.USAGE, message, null);
  }

  /** Something was refused on purpose. */
  static UserError refused(String message) {
    return new UserError(ExitCode.DIFFERENT, message, null);
  }

  /** Something that is needed is away. */
  static UserError unavailable(String message, Throwable cause) {
    return new UserError(ExitCode.UNAVAILABLE, message, cause);
  }

  int exitCode() {
    return exitCode;
  }
}
