package com.xxxchatnow.loyalty.kit.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With Kafka's own test consumer: no broker can be made to lose records on demand. */
class OpenPartitionsTest {
  private static final TopicPartition PARTITION = new TopicPartition("topic", 0);
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final OpenPartitions open =
      new OpenPartitions(
          WorkerConfig.of("topic", "group", new KafkaSettings("none:1", "http://none", Map.of()))
              .withIdentity("plain"),
          consumer);

  @BeforeEach
  void assign() {
    consumer.assign(List.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
  }

  @Test
  void records_below_a_position_that_went_backwards_are_handled() {
    assertThat(read(10, 13)).containsExactly(10L, 11L, 12L);
    var former = open.states.get(PARTITION);
    assertThat(read(4, 7)).containsExactly(4L, 5L, 6L);
    assertThat(former.dropped()).isTrue();
  }

  @Test
  void the_identity_is_committed_before_the_first_record_of_a_partition_is_handled() {
    read(10, 13);
    var committed = consumer.committed(Set.of(PARTITION)).get(PARTITION);
    assertThat(committed.offset()).isEqualTo(10);
    assertThat(IncompleteOffsets.of(committed).identity()).isEqualTo("plain");
  }

  @Test
  void what_was_not_in_the_log_yet_when_a_partition_was_opened_was_in_nobodys_hand() {
    consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(10)));
    open.open(records(10, 12));
    var state = open.states.get(PARTITION);
    var heads = state.take(records(10, 14).records(PARTITION), new OffsetAndMetadata(14));
    assertThat(heads.stream().map(Delivery::maybeAttempted))
        .containsExactly(true, true, false, false);
  }

  /** Offsets of the records that can run. */
  private List<Long> read(long from, long to) {
    var polled = records(from, to);
    open.open(polled);
    return open
        .states
        .get(PARTITION)
        .take(polled.records(PARTITION), polled.nextOffsets().get(PARTITION))
        .stream()
        .map(each -> each.record().offset())
        .toList();
  }

  private static ConsumerRecords<byte[], byte[]> records(long from, long to) {
    var records =
        LongStream.range(from, to)
            .mapToObj(offset ->
                new ConsumerRecord<>(
                    "topic", 0, offset, ("k" + offset).getBytes(UTF_8), new byte[1]))
            .toList();
    return new ConsumerRecords<>(
        Map.of(PARTITION, records), Map.of(PARTITION, new OffsetAndMetadata(to)));
  }
}
