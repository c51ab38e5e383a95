package com.xxxchatnow.loyalty.cli.topics;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.console.Table;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.topics.Registration.Verdict;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import picocli.CommandLine.Command;

/** The schemas at the registry. */
@Command(
    name = "schemas",
    description = "Check and register the schemas of the catalogue.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {SchemasCommand.Check.class, SchemasCommand.Register.class})
public final class SchemasCommand {

  /** Asks the registry, changes nothing. */
  @Command(
      name = "check",
      description = {
        "Ask the live registry whether it would take every schema, and which versions it has that",
        "are not of this release (FOREIGN: a newer release's, or somebody else's).",
        "Exit code 0: it has them all and no other, 1: it refuses one or has a foreign one,",
        "2: some are to be registered."
      },
      footerHeading = "%nExample:%n",
      footer = "  loyalty schemas check --output json")
  public static final class Check extends Operation {
    @Override
    protected int run(Clients clients, Clock clock, Console out) throws Exception {
      var checks = Registration.check(clients.registry(), Subject.catalogue());
      var table = new Table("subject", "version", "verdict", "detail");
      checks.forEach(
          check -> table.row(check.subject(), check.version(), check.verdict(), check.detail()));
      out.print(new Report().table("schemas", table));
      return code(checks);
    }

    static int code(List<Registration.Check> checks) {
      var differing = EnumSet.of(Verdict.INCOMPATIBLE, Verdict.FOREIGN);
      if (checks.stream().anyMatch(check -> differing.contains(check.verdict())))
        return ExitCode.DIFFERENT;
      return checks.stream().allMatch(check -> check.verdict() == Verdict.REGISTERED)
          ? ExitCode.OK
          : ExitCode.PENDING;
    }
  }

  /** Registers what is missing. */
  @Command(
      name = "register",
      description = {
        "Register the schemas that the registry does not have, oldest version first, and set",
        "every subject to FULL_TRANSITIVE. Exit code 1: the registry refuses one."
      },
      footerHeading = "%nExample:%n",
      footer = "  SCHEMA_REGISTRY_URL=https://registry.internal loyalty schemas register")
  public static final class Register extends Operation {
    @Override
    protected int run(Clients clients, Clock clock, Console out) throws Exception {
      try {
        var done = Registration.register(clients.registry(), Subject.catalogue());
        var report = new Report().quiet("registered", done);
        done.forEach(each -> report.say("registered %s", each));
        out.print(report.say("Registered: %d; the others were there.", done.size()));
        return ExitCode.OK;
      } catch (RestClientException refusal) {
        throw UserError.refused(Failures.line(refusal));
      }
    }
  }
}
