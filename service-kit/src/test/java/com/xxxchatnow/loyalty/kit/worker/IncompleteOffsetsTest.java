package com.xxxchatnow.loyalty.kit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncompleteOffsetsTest {
  @Test
  void what_is_written_is_read() {
    var random = new Random(1);
    for (var round = 0; round < 1_000; round++) {
      var unfinished = new TreeSet<Long>();
      for (var i = 0; i < 1 + random.nextInt(200); i++)
        unfinished.add(random.nextLong(1L << (1 + random.nextInt(60))));
      var end = unfinished.last() + 1 + random.nextInt(1_000);
      var committed =
          new OffsetAndMetadata(unfinished.first(), IncompleteOffsets.metadata(unfinished, end));
      assertThat(IncompleteOffsets.of(committed))
          .isEqualTo(new IncompleteOffsets(unfinished.first(), end, unfinished));
    }
  }

  @Test
  void five_hundred_unfinished_records_among_finished_ones_fit_into_the_metadata() {
    var unfinished = new TreeSet<Long>();
    for (var offset = 1_000_000_000L; unfinished.size() < 500; offset += 120)
      unfinished.add(offset);
    assertThat(IncompleteOffsets.metadata(unfinished, unfinished.last() + 2))
        .hasSizeLessThan(IncompleteOffsets.METADATA_LIMIT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hello", "w1:", "w1:!", "w1:gA", "w1:AAAA", "w1://///////////////", "w2:Ag"})
  void metadata_that_is_not_ours_says_nothing(String metadata) {
    var committed = new OffsetAndMetadata(7, metadata);
    assertThat(IncompleteOffsets.readable(committed)).isFalse();
    assertThat(IncompleteOffsets.of(committed)).isEqualTo(IncompleteOffsets.from(7));
  }

  @Test
  void nothing_unfinished_needs_no_metadata() {
    assertThat(IncompleteOffsets.metadata(List.of(), 9)).isEmpty();
    assertThat(IncompleteOffsets.readable(new OffsetAndMetadata(9, ""))).isTrue();
  }
}
