package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.kit.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README says what the catalogues say, and its links lead somewhere. */
class ReadmeTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @Test
  void its_table_of_settings_is_the_catalogue() throws IOException {
    var rows =
        Arrays.stream(Setting.values())
            .map(setting ->
                "| `%s` | %s | %s |"
                    .formatted(setting, shown(setting.defaultValue()), setting.meaning()))
            .toList();
    assertThat(Files.readAllLines(ROOT.resolve("README.md"))).containsSubsequence(rows);
  }

  @Test
  void its_links_lead_somewhere() throws IOException {
    var links = LINK.matcher(Files.readString(ROOT.resolve("README.md"))).results();
    assertThat(links.map(link -> link.group(1)))
        .isNotEmpty()
        .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
  }

  private static String shown(String defaultValue) {
    if (defaultValue == null) return "–";
    return defaultValue.isEmpty() ? "empty" : "`" + defaultValue + "`";
  }
}
