package com.xxxchatnow.loyalty.kit.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RecordRejected;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RejectionsTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
  private static final String PURCHASES = "payments.purchases.v1";

  // Lets Avro make objects of the events' classes.
  static {
    new AvroSerdes("http://127.0.0.1:1");
  }

  private final Rejections rejections =
      new Rejections(
          (topic, rejected) -> written(rejected),
          "earn-processor",
          Clock.fixed(NOON, ZoneOffset.UTC));

  @Test
  void it_names_the_place_the_ids_and_the_reason_under_the_rejected_records_key()
      throws IOException {
    var letter = letter(PURCHASES, "u-1".getBytes(UTF_8), Reason.INVALID, "amount_minor is 0");
    var record = rejections.of(letter, "e-1", "o-1").orElseThrow();

    assertThat(record.topic()).isEqualTo("loyalty.rejections.v1");
    assertThat(record.key()).isEqualTo("u-1".getBytes(UTF_8));
    assertThat(RecordRejected.getDecoder().decode(record.value()))
        .isEqualTo(
            new RecordRejected(
                PURCHASES,
                3,
                42L,
                "e-1",
                "o-1",
                Reason.INVALID,
                "amount_minor is 0",
                "earn-processor",
                NOON));
  }

  @ParameterizedTest
  @EnumSource(names = {"DISABLED", "EXPIRED_KEY"})
  void what_an_operator_replays_is_not_announced(Reason reason) {
    assertThat(rejections.of(letter(PURCHASES, null, reason, ""), null, null)).isEmpty();
  }

  @Test
  void nobody_is_told_of_a_webhook_or_of_a_rejection() {
    assertThat(rejections.of(letter("rrr.webhooks.v1", null, Reason.INVALID, ""), null, null))
        .isEmpty();
    assertThat(rejections.of(letter("loyalty.rejections.v1", null, Reason.INVALID, ""), null, null))
        .isEmpty();
  }

  @Test
  void a_key_or_an_id_that_is_not_printable_or_too_long_is_left_out() throws IOException {
    for (var key :
        new byte[][] {
          {(byte) 0xc3, 0x28}, "a\nb".getBytes(UTF_8), "k".repeat(201).getBytes(UTF_8), {}, null
        }) {
      var record =
          rejections
              .of(letter(PURCHASES, key, Reason.INVALID, ""), "e\u202e1", "o".repeat(201))
              .orElseThrow();
      var rejected = RecordRejected.getDecoder().decode(record.value());

      assertThat(record.key()).isNull();
      assertThat(rejected.getEventId()).isNull();
      assertThat(rejected.getOrderId()).isNull();
    }
  }

  @Test
  void a_detail_of_any_length_fits_into_the_topic() {
    var record =
        rejections
            .of(letter(PURCHASES, null, Reason.INVALID, "x".repeat(2_000_000)), null, null)
            .orElseThrow();
    assertThat(record.value()).hasSizeLessThan(4_096);
  }

  private static DeadLetter letter(String topic, byte[] key, Reason reason, String detail) {
    return new DeadLetter(
        new ConsumerRecord<>(topic, 3, 42, key, new byte[] {9}), reason, detail, 0, null);
  }

  private static byte[] written(RecordRejected rejected) {
    try {
      var buffer = RecordRejected.getEncoder().encode(rejected);
      var bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
