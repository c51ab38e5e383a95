package com.xxxchatnow.loyalty.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicsTest {
  @Test
  void the_documentation_has_the_catalogue_as_it_is() throws IOException {
    var page = Files.readAllLines(Path.of("../docs/architecture.md"));
    var head = page.indexOf("| topic | key | value | partitions | kept | written by | read by |");
    assertThat(page.stream().skip(head + 2).takeWhile(line -> line.startsWith("|")))
        .containsExactlyElementsOf(Topics.ALL.stream().map(TopicsTest::row).toList());
  }

  @Test
  void topics_with_the_same_key_have_the_same_number_of_partitions() {
    for (var key : List.of("user_id", "order_id", "member_id"))
      assertThat(Topics.ALL.stream().filter(topic -> topic.key().equals(key)).toList())
          .as(key)
          .isNotEmpty()
          .allMatch(topic -> topic.partitions() == 12);
  }

  @Test
  void the_dead_letters_of_a_topic_have_one_writer_and_he_reads_the_topic() {
    assertThat(Topics.DEAD_LETTERS)
        .allSatisfy(letters ->
            assertThat(Topics.RECORDS)
                .filteredOn(topic -> topic.deadLetters("any").name().equals(letters.name()))
                .singleElement()
                .satisfies(source -> assertThat(source.readers()).contains(letters.writer())));
  }

  @Test
  void no_name_is_used_twice() {
    assertThat(Topics.ALL.stream().map(Topic::name)).doesNotHaveDuplicates();
  }

  @Test
  void a_dead_letter_topic_has_as_many_partitions_as_its_source_and_keeps_longer() {
    var letters = Topics.LINK_UPDATES.deadLetters("somebody");
    assertThat(letters.name()).isEqualTo("loyalty.link-updates.v1.dlt");
    assertThat(letters.partitions()).isEqualTo(Topics.LINK_UPDATES.partitions());
    assertThat(letters.compacted()).isFalse();
    assertThat(letters.config()).containsEntry("retention.ms", "7776000000");
  }

  @Test
  void a_compacted_topic_has_no_retention() {
    assertThat(Topics.LINK_UPDATES.config()).containsOnlyKeys("cleanup.policy");
    assertThat(Topics.LINK_UPDATES.config()).containsEntry("cleanup.policy", "compact");
    assertThat(Topics.PURCHASES.config()).containsEntry("retention.ms", "2592000000");
  }

  private static String row(Topic<?> topic) {
    return "| `%s` | %s | %s | %d | %s | %s | %s |"
        .formatted(
            topic.name(),
            topic.key(),
            topic.value() == null ? "the source's bytes" : topic.value().getSimpleName(),
            topic.partitions(),
            topic.compacted() ? "compacted" : topic.retention().toDays() + " days",
            topic.writer(),
            String.join(", ", topic.readers()));
  }
}
