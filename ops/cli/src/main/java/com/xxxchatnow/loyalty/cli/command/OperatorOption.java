package com.xxxchatnow.loyalty.cli.command;

import com.xxxchatnow.loyalty.cli.console.UserError;
import picocli.CommandLine.Option;

/** Who it is that changes something; it is noted beside the change. */
public final class OperatorOption {
  @Option(
      names = "--operator",
      defaultValue = "${sys:user.name}",
      paramLabel = "NAME",
      description = "Who, for the record; default: the login name.")
  private String name;

  /**
   * @throws UserError when it is blank
   */
  public String name() {
    if (name.isBlank()) throw UserError.usage("--operator: who?");
    return name;
  }
}
