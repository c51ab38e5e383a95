package com.xxxchatnow.loyalty.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryFaultsTest {
  private static final String TOPIC = Topics.PURCHASES.name();
  private static final Map<String, Object> REGISTRY =
      Map.of("schema.registry.url", "mock://faults", "auto.register.schemas", true);

  private static final Deserializer<PurchaseCompleted> DESERIALIZER =
      new AvroSerdes(REGISTRY).deserializer();

  @ParameterizedTest
  @CsvSource({
    "404, 40403, false",
    "404, 404, false",
    "409, 409, false",
    "422, 42201, false",
    "404, 0, true",
    "404, 50005, true",
    "400, 0, true",
    "401, 40101, true",
    "403, 40301, true",
    "403, 0, true",
    "429, 42901, true",
    "500, 50001, true",
    "503, 50301, true"
  })
  void an_answer_of_the_registry_is_an_outage_when_it_says_nothing_about_the_bytes(
      int status, int errorCode, boolean outage) {
    var failure = new SerializationException(new RestClientException("said", status, errorCode));
    assertThat(RegistryFaults.isOutage(failure)).isEqualTo(outage);
  }

  @ParameterizedTest
  @CsvSource({
    "'', empty value",
    "7b, no magic byte (0x7b): JSON?",
    "ff, no magic byte (0xff)",
    "0000, cut after 2 bytes",
    "0000000007, schema id 7: the bytes do not fit it",
  })
  void a_value_that_can_not_be_read_is_described_without_what_is_in_it(String hex, String why) {
    var value = HexFormat.of().parseHex(hex);
    assertThat(RegistryFaults.describe(value, new SerializationException("said"))).isEqualTo(why);
  }

  @Test
  void the_description_names_what_is_wrong_with_the_schema() {
    var value = new byte[] {0, 0, 0, 0, 7, 1};
    assertThat(describe(value, new RestClientException("said", 404, 40403)))
        .isEqualTo("schema id 7 unknown to the registry");
    assertThat(describe(value, new IOException("Invalid schema {} of type JSON")))
        .isEqualTo("schema id 7 is no Avro schema");
    assertThat(describe(value, new IllegalStateException("Invalid schema type PROTOBUF")))
        .isEqualTo("schema id 7 is no Avro schema");
    assertThat(describe(value, new ClassCastException()))
        .isEqualTo("schema id 7 is another record's");
    assertThat(describe(value, new EOFException())).isEqualTo("schema id 7: cut after 6 bytes");
    assertThat(RegistryFaults.describe(null, new NullPointerException())).isEqualTo("no value");
  }

  private static String describe(byte[] value, Exception cause) {
    return RegistryFaults.describe(value, new SerializationException(cause));
  }

  @Test
  void a_schema_of_another_kind_is_no_outage() {
    var fault = new IOException("Invalid schema {} with refs [] of type PROTOBUF");
    assertThat(RegistryFaults.isOutage(new SerializationException(fault))).isFalse();
  }

  @Test
  void a_registry_that_does_not_answer_is_an_outage() {
    assertThat(RegistryFaults.isOutage(new SerializationException(new ConnectException())))
        .isTrue();
    assertThat(RegistryFaults.isOutage(new SerializationException(new IOException()))).isTrue();
  }

  @Test
  void bytes_cut_anywhere_are_no_outage() {
    var bytes = bytes();
    for (var length = 0; length < bytes.length; length++)
      assertNoOutage(Arrays.copyOf(bytes, length), "cut to " + length);
  }

  @Test
  void bytes_changed_anywhere_are_no_outage() {
    var bytes = bytes();
    for (var position = 0; position < bytes.length; position++)
      for (var bit = 0; bit < 8; bit++) {
        var changed = bytes.clone();
        changed[position] ^= (byte) (1 << bit);
        assertNoOutage(changed, "bit %d of byte %d".formatted(bit, position));
      }
  }

  @Test
  void a_length_that_the_record_can_not_have_costs_no_memory() {
    var bytes = Arrays.copyOf(bytes(), 10);
    // The length of the first field: 1 GiB, as Avro writes it.
    System.arraycopy(new byte[] {-128, -128, -128, -128, 8}, 0, bytes, 5, 5);
    assertNoOutage(bytes, "1 GiB");
  }

  /** Either the bytes still are some record, or the fault is theirs. */
  private static void assertNoOutage(byte[] bytes, String what) {
    var failure = catchThrowable(() -> DESERIALIZER.deserialize(TOPIC, bytes));
    if (failure == null) return;
    assertThat(failure).as(what).isInstanceOf(SerializationException.class);
    assertThat(RegistryFaults.isOutage(failure)).as(what).isFalse();
  }

  private static byte[] bytes() {
    var purchase =
        PurchaseCompleted.newBuilder()
            .setEventId("e-1")
            .setOccurredAt(Instant.ofEpochMilli(1_795_305_600_123L))
            .setOrderId("o-1")
            .setUserId("u-1")
            .setKind(PurchaseKind.TOKEN_PURCHASE)
            .setCurrency("USD")
            .setAmountMinor(1_999)
            .setTokensPurchased(100L)
            .setMetadata(Map.of("campaign", "autumn"))
            .build();
    return new AvroSerdes(REGISTRY).serializer().serialize(TOPIC, purchase);
  }
}
