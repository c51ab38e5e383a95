package com.xxxchatnow.loyalty.cli.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each folder of {@code topics/}: the live state, the desired one, and the plan that follows. */
class TopicsPlanTest {
  private static final Path CASES = Path.of("src/test/resources/topics");

  static Stream<String> cases() throws IOException {
    try (var folders = Files.list(CASES)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void the_plan_of(String name) throws IOException {
    var live = read(name, "live.yaml");
    var plan = TopicsPlan.of(live, read(name, "desired.yaml"), allowed(name));

    assertThat(String.join("\n", plan.lines())).isEqualToIgnoringNewLines(text(name, "plan.txt"));
  }

  @Test
  void the_built_in_file_is_what_the_catalogue_wants() throws IOException {
    assertThat(TopicsCommand.builtIn())
        .as("ops/topics.yaml; rewrite it: ops/loyalty topics print > ops/topics.yaml")
        .isEqualTo(TopicsFile.write(Topics.ALL));
    assertThat(TopicsFile.read(TopicsCommand.builtIn(), TopicsFile.variables(3, 2)))
        .isEqualTo(TopicState.of(Topics.ALL, 3, 2));
  }

  @Test
  void another_plan_has_another_id() throws IOException {
    var ids =
        cases()
            .map(name -> {
              var nothing = Set.<String>of();
              return TopicsPlan.of(read(name, "live.yaml"), read(name, "desired.yaml"), nothing);
            })
            .collect(Collectors.toMap(TopicsPlan::lines, TopicsPlan::id, (a, b) -> a));

    assertThat(new TreeSet<>(ids.values())).hasSize(ids.size()).allMatch(id -> id.length() == 8);
  }

  @Test
  void a_misspelt_word_in_the_file_is_named() {
    assertThatThrownBy(() -> TopicsFile.read("topics:\n  a:\n    partitons: 3\n", Map.of()))
        .hasMessage("the topics file can't be used: a knows no partitons");
  }

  private static java.util.List<TopicState> read(String name, String file) {
    try {
      return TopicsFile.read(text(name, file), TopicsFile.variables(1, 1));
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  private static Set<String> allowed(String name) throws IOException {
    var file = CASES.resolve(name).resolve("allow.txt");
    return Files.exists(file) ? Set.copyOf(Files.readAllLines(file)) : Set.of();
  }

  private static String text(String name, String file) throws IOException {
    return Files.readString(CASES.resolve(name).resolve(file));
  }
}
