package com.xxxchatnow.loyalty.kit.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class PartitionStateTest {
  private PartitionState lane = new PartitionState(IncompleteOffsets.from(0));

  @Test
  void the_records_of_a_key_run_one_after_another_and_keys_run_together() {
    assertThat(take(record(0, "a"), record(1, "a"), record(2, "b"))).containsExactly(0L, 2L);
    assertThat(finish(0, "a")).contains(1L);
    assertThat(finish(1, "a")).isEmpty();
    assertThat(take(record(3, "a"))).containsExactly(3L);
  }

  @Test
  void records_without_a_key_wait_for_nobody() {
    assertThat(take(record(0, null), record(1, null))).containsExactly(0L, 1L);
  }

  @Test
  void a_slow_record_holds_back_the_offset_and_not_its_successors() {
    take(record(0, "slow"), record(1, "a"), record(2, "b"), record(3, "c"));
    finish(1, "a");
    finish(3, "c");
    var progress = lane.progress().orElseThrow();
    assertThat(progress.offset()).isZero();

    lane = new PartitionState(IncompleteOffsets.of(progress));
    assertThat(take(record(0, "slow"), record(1, "a"), record(2, "b"), record(3, "c")))
        .containsExactly(0L, 2L);
    finish(0, "slow");
    assertThat(lane.progress().orElseThrow().offset()).isEqualTo(2);
    finish(2, "b");
    assertThat(lane.progress()).contains(new OffsetAndMetadata(4, Optional.empty(), ""));
  }

  @Test
  void what_was_finished_far_ahead_is_remembered_while_it_has_not_been_read_again() {
    lane = new PartitionState(new IncompleteOffsets(10, 1_000, new TreeSet<>(List.of(10L, 500L))));
    assertThat(take(record(10, "a"), record(11, "b"))).containsExactly(10L);
    finish(10, "a");
    var progress = lane.progress().orElseThrow();
    assertThat(progress.offset()).isEqualTo(500);
    assertThat(IncompleteOffsets.of(progress).end()).isEqualTo(1_000);
  }

  @Test
  void an_unfinished_record_that_is_gone_from_the_topic_holds_back_nothing() {
    lane = new PartitionState(new IncompleteOffsets(10, 20, new TreeSet<>(List.of(10L, 15L))));
    assertThat(take(record(15, "a"), record(20, "b"))).containsExactly(15L, 20L);
    finish(15, "a");
    assertThat(lane.progress().orElseThrow().offset()).isEqualTo(20);
  }

  @Test
  void gaps_of_transaction_markers_are_passed() {
    lane.take(List.of(record(0, "a")), new OffsetAndMetadata(2));
    finish(0, "a");
    assertThat(lane.progress().orElseThrow().offset()).isEqualTo(2);
    lane.settled(lane.progress().orElseThrow());
    lane.take(List.of(), new OffsetAndMetadata(3));
    assertThat(lane.progress().orElseThrow().offset()).isEqualTo(3);
  }

  @Test
  void nothing_is_settled_that_says_nothing_new() {
    take(record(0, "a"));
    assertThat(lane.progress()).isEmpty();
    finish(0, "a");
    lane.settled(lane.progress().orElseThrow());
    assertThat(lane.progress()).isEmpty();
    assertThat(lane.results()).isEmpty();
  }

  @Test
  void progress_that_the_metadata_can_not_hold_waits_for_the_next_record_to_finish() {
    lane = new PartitionState(IncompleteOffsets.from(0));
    for (var i = 0L; i < 2_500; i++) take(record(i * 300, "k" + i));
    finish(2_499 * 300, "k2499");
    assertThat(lane.progress()).isEmpty();
    assertThat(lane.results()).hasSize(1);
    for (var i = 0L; i < 2_499; i++) finish(i * 300, "k" + i);
    assertThat(lane.progress().orElseThrow().offset()).isEqualTo(2_499 * 300 + 1);
  }

  /** Finishes at random, crashes at random, and holds: done again never after being settled. */
  @Test
  void no_record_is_done_again_after_it_was_settled_whatever_the_order_and_the_crashes() {
    for (var seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var done = new int[400];
      var committed = new OffsetAndMetadata(0);
      while (committed.offset() < done.length) {
        lane = new PartitionState(IncompleteOffsets.of(committed));
        committed = until_a_crash(random, done, committed);
      }
      assertThat(done).as("seed %d", seed).containsOnly(1);
    }
  }

  private OffsetAndMetadata until_a_crash(Random random, int[] done, OffsetAndMetadata from) {
    var committed = from;
    var position = (int) committed.offset();
    var runnable = new TreeSet<Long>();
    var unsettled = new TreeSet<Long>();
    while (random.nextInt(60) != 0 && committed.offset() < done.length) {
      if (random.nextBoolean() && position < done.length) {
        var size = Math.min(1 + random.nextInt(9), done.length - position);
        var batch = new ConsumerRecord<?, ?>[size];
        for (var i = 0; i < size; i++) batch[i] = record(position + i, "k" + (position + i) % 7);
        runnable.addAll(take(batch));
        position += size;
      } else if (!runnable.isEmpty()) {
        var each = runnable.stream().skip(random.nextInt(runnable.size())).findFirst().get();
        runnable.remove(each);
        unsettled.add(each);
        finish(each, "k" + each % 7).ifPresent(runnable::add);
      }
      var progress = lane.progress();
      if (progress.isPresent() && random.nextInt(3) == 0) {
        committed = progress.get();
        lane.settled(committed);
        unsettled.forEach(offset -> done[offset.intValue()]++);
        unsettled.clear();
      }
    }
    return committed;
  }

  @SuppressWarnings("unchecked")
  private List<Long> take(ConsumerRecord<?, ?>... records) {
    var batch = Arrays.stream(records).map(each -> (ConsumerRecord<byte[], byte[]>) each).toList();
    var upTo = new OffsetAndMetadata(batch.getLast().offset() + 1);
    return lane.take(batch, upTo).stream().map(ConsumerRecord::offset).toList();
  }

  private Optional<Long> finish(long offset, String key) {
    var result = new ProducerRecord<>("out", new byte[0], new byte[0]);
    return lane.finish(record(offset, key), List.of(result)).map(ConsumerRecord::offset);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, String key) {
    return new ConsumerRecord<>(
        "in", 0, offset, key == null ? null : key.getBytes(UTF_8), new byte[0]);
  }
}
