package com.xxxchatnow.loyalty.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What an operator is told to type, can be typed. */
class RunbookTest {
  private static final Path BOOK = Path.of("../runbooks/README.md");
  private static final Pattern COMMAND = Pattern.compile("ops/loyalty ([a-z][^`\n#]*)");
  private static final Pattern WORD = Pattern.compile("'[^']*'|\\S+");

  @Test
  void every_command_of_the_runbooks_exists_as_it_is_written() throws IOException {
    var commands =
        COMMAND
            .matcher(Files.readString(BOOK))
            .results()
            .map(each -> each.group(1).strip())
            .toList();

    assertThat(commands).hasSizeGreaterThan(40);
    assertThat(commands.stream().filter(each -> !parses(each))).isEmpty();
  }

  private static boolean parses(String command) {
    var nobody = new PrintWriter(new StringWriter());
    var words = WORD.matcher(command).results().map(MatchResult::group).toArray(String[]::new);
    try {
      new CommandLine(new Loyalty(Map.of(), Cli.NOON, nobody, nobody, false)).parseArgs(words);
      return true;
    } catch (ParameterException wrong) {
      return false;
    }
  }
}
