package com.xxxchatnow.loyalty.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Instant;
import java.util.Arrays;
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
    "404, false",
    "409, false",
    "422, false",
    "401, true",
    "403, true",
    "429, true",
    "500, true",
    "503, true"
  })
  void an_answer_of_the_registry_is_an_outage_when_it_says_nothing_about_the_bytes(
      int status, boolean outage) {
    var failure = new SerializationException(new RestClientException("said", status, status * 100));
    assertThat(RegistryFaults.isOutage(failure)).isEqualTo(outage);
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
