package com.xxxchatnow.loyalty.cli;

import com.xxxchatnow.loyalty.cli.console.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The completion script, for bash and zsh. */
@Command(
    name = "completion",
    description = "Print the completion script for bash and zsh.",
    footerHeading = "%nExample:%n",
    footer = "  source <(ops/loyalty completion)")
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("loyalty", spec.root().commandLine()));
    out.flush();
    return ExitCode.OK;
  }
}
