package com.xxxchatnow.loyalty.kit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
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
      var identity = round % 2 == 0 ? null : "uuid, client ü" + round;
      var unfinished = new TreeSet<Long>();
      for (var i = 0; i < 1 + random.nextInt(200); i++)
        unfinished.add(random.nextLong(1L << (1 + random.nextInt(60))));
      var end = unfinished.last() + 1 + random.nextInt(1_000);
      var committed =
          new OffsetAndMetadata(
              unfinished.first(), IncompleteOffsets.metadata(unfinished, end, identity, false));
      assertThat(IncompleteOffsets.of(committed))
          .isEqualTo(new IncompleteOffsets(unfinished.first(), end, unfinished, identity, false));
      assertThat(asTheFirstReleaseReads(committed))
          .isEqualTo(new IncompleteOffsets(unfinished.first(), end, unfinished, null, false));
    }
  }

  @Test
  void five_hundred_unfinished_records_among_finished_ones_fit_into_the_metadata() {
    var unfinished = new TreeSet<Long>();
    for (var offset = 1_000_000_000L; unfinished.size() < 500; offset += 120)
      unfinished.add(offset);
    var identity = "i".repeat(100);
    assertThat(IncompleteOffsets.metadata(unfinished, unfinished.last() + 2, identity, false))
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
    assertThat(IncompleteOffsets.metadata(List.of(), 9, null, true)).isEmpty();
    assertThat(IncompleteOffsets.readable(new OffsetAndMetadata(9, ""))).isTrue();
  }

  @Test
  void with_nothing_unfinished_the_offset_says_everything_and_the_metadata_the_identity() {
    for (var atRest : new boolean[] {false, true}) {
      var metadata = IncompleteOffsets.metadata(List.of(), 9, "plain", atRest);
      var committed = new OffsetAndMetadata(9, metadata);
      assertThat(IncompleteOffsets.of(committed))
          .isEqualTo(new IncompleteOffsets(9, 9, new TreeSet<>(), "plain", atRest));
      assertThat(asTheFirstReleaseReads(committed)).isEqualTo(IncompleteOffsets.from(9));
    }
  }

  /** The reading of release 1.0.0, kept as it was: an instance of it may be the next owner. */
  private static IncompleteOffsets asTheFirstReleaseReads(OffsetAndMetadata committed) {
    var metadata = committed.metadata();
    if (!metadata.startsWith("w1:")) return IncompleteOffsets.from(committed.offset());
    var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(metadata.substring(3)));
    var end = committed.offset() + firstReleasesNumber(bytes);
    var unfinished = new TreeSet<>(Set.of(committed.offset()));
    while (bytes.hasRemaining()) unfinished.add(unfinished.last() + firstReleasesNumber(bytes));
    return new IncompleteOffsets(committed.offset(), end, unfinished, null, false);
  }

  private static long firstReleasesNumber(ByteBuffer bytes) {
    var number = 0L;
    for (var shift = 0; shift < 63; shift += 7) {
      var next = bytes.get() & 0xff;
      number |= (long) (next & 127) << shift;
      if (next < 128) return number;
    }
    throw new IllegalArgumentException();
  }
}
