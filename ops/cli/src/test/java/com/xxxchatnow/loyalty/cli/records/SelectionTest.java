package com.xxxchatnow.loyalty.cli.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class SelectionTest {
  @Test
  void nothing_named_selects_everything() {
    assertThat(Selection.everything().matches(failed())).isTrue();
    assertThat(Selection.everything().text()).isEqualTo("{}");
  }

  @Test
  void each_condition_must_hold_and_one_of_its_alternatives() {
    assertThat(of("DISABLED", "INVALID").matches(failed())).isTrue();
    assertThat(of("INVALID").matches(failed())).isFalse();
    assertThat(time("2026-11-22T10:00:00Z", "2026-11-22T10:00:01Z").matches(failed())).isTrue();
    assertThat(time("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z").matches(failed())).isFalse();
    assertThat(key("u-1").matches(failed())).isTrue();
    assertThat(key("u-2").matches(failed())).isFalse();
    assertThat(offsets("1:0-6", "1:7").matches(failed())).isTrue();
    assertThat(offsets("1:0-6", "2:7").matches(failed())).isFalse();
    assertThat(source("earn-processor").matches(failed())).isTrue();
    assertThat(source("some.topic.v1").matches(failed())).isTrue();
    assertThat(source("redemption-saga").matches(failed())).isFalse();
  }

  @Test
  void the_same_selection_has_the_same_text_and_id_in_whatever_order_it_is_said() {
    assertThat(of("A", "B").text()).isEqualTo("{\"reasons\":[\"A\",\"B\"]}");
    assertThat(of("B", "A").id()).isEqualTo(of("A", "B").id()).hasSize(8);
    assertThat(of("A").id()).isNotEqualTo(of("B").id());
    assertThat(Selection.parse(of("A", "B").text())).contains(of("B", "A"));
  }

  @Test
  void a_selection_of_a_later_version_is_not_guessed_at() {
    assertThat(Selection.parse("{\"colour\":\"red\"}")).isEmpty();
  }

  @Test
  void offsets_that_are_none_are_said() {
    assertThatThrownBy(() -> Selection.Range.of("1-3"))
        .hasMessage("offsets are PARTITION:FROM-TO or PARTITION:OFFSET, not 1-3");
  }

  private static Selection of(String... reasons) {
    return new Selection(new TreeSet<>(List.of(reasons)), null, null, null, null, null, null, null);
  }

  private static Selection time(String from, String to) {
    return new Selection(null, from, to, null, null, null, null, null);
  }

  private static Selection key(String key) {
    return new Selection(null, null, null, new TreeSet<>(List.of(key)), null, null, null, null);
  }

  private static Selection offsets(String... offsets) {
    return new Selection(null, null, null, null, new TreeSet<>(List.of(offsets)), null, null, null);
  }

  private static Selection source(String source) {
    return new Selection(null, null, null, null, null, new TreeSet<>(List.of(source)), null, null);
  }

  private static FailedRecord failed() {
    var headers = new RecordHeaders();
    headers.add("dlt.reason", "DISABLED".getBytes(UTF_8));
    headers.add("dlt.service", "earn-processor".getBytes(UTF_8));
    headers.add("dlt.source.topic", "some.topic.v1".getBytes(UTF_8));
    headers.add("dlt.failed-at", "2026-11-22T10:00:00Z".getBytes(UTF_8));
    return FailedRecord.of(
        new ConsumerRecord<>(
            "some.topic.v1.dlt",
            1,
            7,
            0,
            TimestampType.CREATE_TIME,
            1,
            1,
            "u-1".getBytes(UTF_8),
            new byte[] {9},
            headers,
            Optional.empty()));
  }
}
