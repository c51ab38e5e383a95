package com.xxxchatnow.loyalty.cli;

import picocli.CommandLine.Option;

/** Who it is that changes something; it is noted beside the change. */
final class OperatorOption {
  @Option(
      names = "--operator",
      defaultValue = "${sys:user.name}",
      paramLabel = "NAME",
      description = "Who, for the record; default: the login name.")
  private String name;

  /**
   * @throws UserError when it is blank
   */
  String name() {
    if (name.isBlank()) throw UserError.usage("--operator: who?");
    return name;
  }
}
