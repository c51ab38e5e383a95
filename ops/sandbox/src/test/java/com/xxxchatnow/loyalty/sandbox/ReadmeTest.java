package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.kit.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The documentation of the settings says what their catalogue says. */
class ReadmeTest {
  @Test
  void the_table_of_settings_is_the_catalogue() throws IOException {
    var rows =
        Arrays.stream(Setting.values())
            .map(setting ->
                "| `%s` | %s | %s |"
                    .formatted(setting, shown(setting.defaultValue()), setting.meaning()))
            .toList();
    var page = Files.readAllLines(Markdown.ROOT.resolve("docs/configuration.md"));
    var head = page.indexOf("| name | default | meaning |");
    assertThat(page.stream().skip(head + 2).takeWhile(line -> line.startsWith("|")))
        .containsExactlyElementsOf(rows);
  }

  private static String shown(String defaultValue) {
    if (defaultValue == null) return "–";
    return defaultValue.isEmpty() ? "empty" : "`" + defaultValue + "`";
  }
}
