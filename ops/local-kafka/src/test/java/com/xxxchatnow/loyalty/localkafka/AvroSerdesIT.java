package com.xxxchatnow.loyalty.localkafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topics;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The serdes of {@code schemas} against a real registry. */
@Timeout(300)
class AvroSerdesIT {
  private static final String TOPIC = Topics.EARN_RESULTS.name();

  private static final LocalRegistry REGISTRY = LocalRegistry.shared();

  @BeforeAll
  static void register() {
    for (var topic : Topics.RECORDS)
      for (var version : ReleasedSchemas.of(topic)) REGISTRY.register(topic.subject(), version);
  }

  @Test
  void what_is_written_is_read() {
    var serdes = new AvroSerdes(REGISTRY.url());
    var bytes = serdes.<EarnResult>serializer().serialize(TOPIC, result());
    assertThat(serdes.<EarnResult>deserializer().deserialize(TOPIC, bytes)).isEqualTo(result());
  }

  @Test
  void a_record_of_a_writer_without_our_classes_is_read_as_ours() {
    var schema = new Schema.Parser().parse(ReleasedSchemas.of(Topics.EARN_RESULTS).getLast());
    var record =
        new GenericRecordBuilder(schema)
            .set("event_id", "e-1")
            .set("occurred_at", 1_795_305_600_123L)
            .set("order_id", "o-1")
            .set("line_id", "1")
            .set("user_id", "u-1")
            .set("kind", symbol(schema, "kind", "MEMBERSHIP_PURCHASE"))
            .set("points", 0L)
            .set("status", symbol(schema, "status", "SKIPPED"))
            .set("reason", new GenericData.EnumSymbol(reason(schema), "ZERO_POINTS"))
            .set("idempotency_key", "earn:o-1:1")
            .set("attempts", 0)
            .build();
    try (var serializer = new KafkaAvroSerializer()) {
      serializer.configure(
          Map.of("schema.registry.url", REGISTRY.url(), "auto.register.schemas", false), false);
      var bytes = serializer.serialize(TOPIC, record);
      assertThat(
              new AvroSerdes(REGISTRY.url()).<EarnResult>deserializer().deserialize(TOPIC, bytes))
          .isEqualTo(result());
    }
  }

  @Test
  void an_unknown_schema_id_says_something_about_the_bytes_not_about_the_registry() {
    var bytes = ByteBuffer.allocate(20).put((byte) 0).putInt(4_711).array();
    assertThat(RegistryFaults.isOutage(failureOf(REGISTRY.url(), bytes))).isFalse();
  }

  @Test
  void a_wrong_magic_byte_is_no_outage() {
    assertThat(RegistryFaults.isOutage(failureOf(REGISTRY.url(), "{\"json\":1}".getBytes(UTF_8))))
        .isFalse();
  }

  @Test
  void bytes_that_end_too_early_are_no_outage() {
    var whole = new AvroSerdes(REGISTRY.url()).<EarnResult>serializer().serialize(TOPIC, result());
    var cut = java.util.Arrays.copyOf(whole, 12);
    assertThat(RegistryFaults.isOutage(failureOf(REGISTRY.url(), cut))).isFalse();
    assertThat(RegistryFaults.isOutage(failureOf(REGISTRY.url(), new byte[] {0, 0}))).isFalse();
  }

  @Test
  void a_registry_that_is_away_is_an_outage_for_readers_and_writers() {
    var bytes = new AvroSerdes(REGISTRY.url()).<EarnResult>serializer().serialize(TOPIC, result());
    var away = "http://" + Ports.HOST + ":" + Ports.free() + "/apis/ccompat/v7";
    assertThat(RegistryFaults.isOutage(failureOf(away, bytes))).isTrue();
    var writing =
        catchThrowable(() -> new AvroSerdes(away).serializer().serialize(TOPIC, result()));
    assertThat(RegistryFaults.isOutage(writing)).isTrue();
  }

  @Test
  void a_schema_that_nobody_released_is_not_registered_on_the_way() {
    var failure =
        catchThrowable(
            () -> new AvroSerdes(REGISTRY.url()).serializer().serialize("unreleased", result()));
    assertThat(failure).isNotNull();
    assertThat(RegistryFaults.isOutage(failure)).isFalse();
  }

  private static Throwable failureOf(String url, byte[] bytes) {
    var failure =
        catchThrowable(() -> new AvroSerdes(url).deserializer().deserialize(TOPIC, bytes));
    assertThat(failure).isNotNull();
    return failure;
  }

  private static GenericData.EnumSymbol symbol(Schema schema, String field, String symbol) {
    return new GenericData.EnumSymbol(schema.getField(field).schema(), symbol);
  }

  private static Schema reason(Schema schema) {
    return schema.getField("reason").schema().getTypes().get(1);
  }

  private static EarnResult result() {
    return EarnResult.newBuilder()
        .setEventId("e-1")
        .setOccurredAt(Instant.ofEpochMilli(1_795_305_600_123L))
        .setOrderId("o-1")
        .setLineId("1")
        .setUserId("u-1")
        .setKind(PurchaseKind.MEMBERSHIP_PURCHASE)
        .setPoints(0)
        .setStatus(EarnStatus.SKIPPED)
        .setReason(Reason.ZERO_POINTS)
        .setIdempotencyKey("earn:o-1:1")
        .setAttempts(0)
        .build();
  }
}
