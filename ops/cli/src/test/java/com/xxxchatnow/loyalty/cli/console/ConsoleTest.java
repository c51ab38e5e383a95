package com.xxxchatnow.loyalty.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConsoleTest {
  @Test
  void text_of_others_can_not_rewrite_the_operator_s_terminal() {
    assertThat(Console.printable("a\u001b[2Kb\r\u202ec\td"))
        .isEqualTo("a\uFFFD[2Kb\uFFFD\uFFFDc\uFFFDd");
  }

  @Test
  void a_table_aligns_numbers_to_the_right_and_ends_no_line_in_blanks() {
    var table = new Table("name", "count", "note").row("a", 5, null).row("long", 12_345, "x");

    assertThat(table.text())
        .isEqualTo(
            """
            name  count  note
            a         5  -
            long  12345  x\
            """);
  }
}
