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
  private PartitionState partition = opened(IncompleteOffsets.from(0));

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
    var progress = partition.progress().orElseThrow();
    assertThat(progress.offset()).isZero();

    partition = opened(IncompleteOffsets.of(progress));
    assertThat(take(record(0, "slow"), record(1, "a"), record(2, "b"), record(3, "c")))
        .containsExactly(0L, 2L);
    finish(0, "slow");
    assertThat(partition.progress().orElseThrow().offset()).isEqualTo(2);
    finish(2, "b");
    assertThat(partition.progress()).contains(new OffsetAndMetadata(4, Optional.empty(), ""));
  }

  @Test
  void what_was_finished_far_ahead_is_remembered_while_it_has_not_been_read_again() {
    partition =
        opened(new IncompleteOffsets(10, 1_000, new TreeSet<>(List.of(10L, 500L)), null, false));
    assertThat(take(record(10, "a"), record(11, "b"))).containsExactly(10L);
    finish(10, "a");
    var progress = partition.progress().orElseThrow();
    assertThat(progress.offset()).isEqualTo(500);
    assertThat(IncompleteOffsets.of(progress).end()).isEqualTo(1_000);
  }

  @Test
  void only_what_a_former_owner_may_have_had_in_hand_counts_as_maybe_attempted() {
    partition =
        new PartitionState(
            new IncompleteOffsets(10, 14, new TreeSet<>(List.of(10L, 12L)), null, false),
            14,
            2,
            null);
    assertThat(attempted(record(10, "a"), record(11, "b"), record(12, "c"), record(13, "d")))
        .containsExactly(10L, 12L);
    assertThat(attempted(record(20, "e"), record(24, "f"), record(25, "g"), record(26, "h")))
        .as("two records behind the end, however far apart")
        .containsExactly(20L, 24L);
  }

  @Test
  void everything_below_the_former_end_may_have_been_attempted_when_it_is_read_again() {
    partition = new PartitionState(IncompleteOffsets.from(5), 8, 1, null);
    assertThat(attempted(record(5, "a"), record(7, "b"), record(8, "c"), record(9, "d")))
        .containsExactly(5L, 7L, 8L);
  }

  @Test
  void records_count_as_held_until_their_results_are_committed() {
    take(record(0, "a"), record(1, "b"));
    var both = partition.heldBytes();
    finish(0, "a");
    assertThat(partition.unfinished()).isEqualTo(1);
    assertThat(partition.held()).isEqualTo(2);
    assertThat(partition.heldBytes()).isEqualTo(both).isGreaterThan(0);
    partition.committed(partition.progress().orElseThrow());
    assertThat(partition.held()).isEqualTo(1);
    assertThat(partition.heldBytes()).isEqualTo(both / 2);
  }

  private List<Long> attempted(ConsumerRecord<?, ?>... records) {
    return heads(records).stream()
        .filter(Delivery::maybeAttempted)
        .map(each -> each.record().offset())
        .toList();
  }

  @Test
  void an_unfinished_record_that_is_gone_from_the_topic_holds_back_nothing() {
    partition =
        opened(new IncompleteOffsets(10, 20, new TreeSet<>(List.of(10L, 15L)), null, false));
    assertThat(take(record(15, "a"), record(20, "b"))).containsExactly(15L, 20L);
    finish(15, "a");
    assertThat(partition.progress().orElseThrow().offset()).isEqualTo(20);
  }

  @Test
  void gaps_of_transaction_markers_are_passed() {
    partition.take(List.of(record(0, "a")), new OffsetAndMetadata(2));
    finish(0, "a");
    assertThat(partition.progress().orElseThrow().offset()).isEqualTo(2);
    partition.committed(partition.progress().orElseThrow());
    partition.take(List.of(), new OffsetAndMetadata(3));
    assertThat(partition.progress().orElseThrow().offset()).isEqualTo(3);
  }

  @Test
  void nothing_is_settled_that_says_nothing_new() {
    take(record(0, "a"));
    assertThat(partition.progress()).isEmpty();
    finish(0, "a");
    partition.committed(partition.progress().orElseThrow());
    assertThat(partition.progress()).isEmpty();
    assertThat(partition.results()).isEmpty();
  }

  @Test
  void progress_that_the_metadata_can_not_hold_waits_for_the_next_record_to_finish() {
    partition = opened(IncompleteOffsets.from(0));
    for (var i = 0L; i < 2_500; i++) take(record(i * 300, "k" + i));
    finish(2_499 * 300, "k2499");
    assertThat(partition.progress()).isEmpty();
    assertThat(partition.results()).hasSize(1);
    for (var i = 0L; i < 2_499; i++) finish(i * 300, "k" + i);
    assertThat(partition.progress().orElseThrow().offset()).isEqualTo(2_499 * 300 + 1);
  }

  /** Finishes at random, crashes at random, and holds: done again never after being settled. */
  @Test
  void no_record_is_done_again_after_it_was_settled_whatever_the_order_and_the_crashes() {
    for (var seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var done = new int[400];
      var committed = new OffsetAndMetadata(0);
      while (committed.offset() < done.length) {
        partition = opened(IncompleteOffsets.of(committed));
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
      var progress = partition.progress();
      if (progress.isPresent() && random.nextInt(3) == 0) {
        committed = progress.get();
        partition.committed(committed);
        unsettled.forEach(offset -> done[offset.intValue()]++);
        unsettled.clear();
      }
    }
    return committed;
  }

  private List<Long> take(ConsumerRecord<?, ?>... records) {
    return heads(records).stream().map(each -> each.record().offset()).toList();
  }

  @SuppressWarnings("unchecked")
  private List<Delivery> heads(ConsumerRecord<?, ?>... records) {
    var batch = Arrays.stream(records).map(each -> (ConsumerRecord<byte[], byte[]>) each).toList();
    var upTo = new OffsetAndMetadata(batch.getLast().offset() + 1);
    return partition.take(batch, upTo);
  }

  private Optional<Long> finish(long offset, String key) {
    var result = new ProducerRecord<>("out", new byte[0], new byte[0]);
    return partition
        .finish(new Delivery(record(offset, key), false), List.of(result))
        .map(each -> each.record().offset());
  }

  private static PartitionState opened(IncompleteOffsets progress) {
    return new PartitionState(progress, progress.end(), 10, null);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, String key) {
    return new ConsumerRecord<>(
        "in", 0, offset, key == null ? null : key.getBytes(UTF_8), new byte[0]);
  }
}
