package com.xxxchatnow.loyalty.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.cli.console.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command line itself: help, completion, usage errors; nothing is connected. */
class CommandLineTest {
  @Test
  void a_misspelt_option_is_one_line_and_where_to_read() {
    assertThat(Cli.offline().run("dlt", "list", "--resaon", "X"))
        .hasToString(
            """
            exit code 64
            loyalty: Unknown option: '--resaon'
            Possible solutions: --reason
            See: loyalty dlt list --help
            """);
  }

  @Test
  void a_command_that_is_not_complete_says_so() {
    assertThat(Cli.offline().run("dlt").code()).isEqualTo(ExitCode.USAGE);
    assertThat(Cli.offline().run().err()).startsWith("loyalty: Missing required subcommand");
  }

  @Test
  void every_command_explains_itself() {
    for (var command : leaves()) {
      var help = Cli.offline().run((command + " --help").split(" "));
      assertThat(help.code()).as(command).isZero();
      assertThat(help.out()).as(command).contains("Usage: loyalty " + command);
      assertThat(help.out()).as(command).containsPattern("(?s)Examples?:\\R.*loyalty " + command);
    }
  }

  @Test
  void the_completion_script_knows_every_command() {
    var script = Cli.offline().run("completion").out();

    for (var command : leaves()) assertThat(script).contains(command.replaceAll(".* ", ""));
  }

  @Test
  void faults_of_the_configuration_are_told_all_at_once_and_no_secret_is_printed() {
    var answer =
        Cli.offline()
            .with("RRR_CLIENT_SECRET", "s3cret")
            .with("RRR_COLOUR", "red")
            .with("KAFKA_CLIENT_CONFIG", "/no/such/file")
            .run("topics", "plan");

    assertThat(answer.code()).isEqualTo(ExitCode.USAGE);
    assertThat(answer.err())
        .contains("RRR_COLOUR is not a setting", "KAFKA_CLIENT_CONFIG names a file")
        .doesNotContain("s3cret");
  }

  private static List<String> leaves() {
    var leaves = new ArrayList<String>();
    var nobody = new PrintWriter(new StringWriter());
    collect(new CommandLine(new Loyalty(Map.of(), Cli.NOON, nobody, nobody, false)), "", leaves);
    assertThat(leaves).hasSizeGreaterThan(15);
    return leaves;
  }

  private static void collect(CommandLine command, String path, List<String> leaves) {
    if (command.getSubcommands().isEmpty()) leaves.add(path.strip());
    command.getSubcommands().forEach((name, sub) -> collect(sub, path + " " + name, leaves));
  }
}
