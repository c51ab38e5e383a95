package com.xxxchatnow.loyalty.rrr.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFormatTest {
  @Test
  void plain_is_the_key_as_it_stands() {
    assertThat(KeyFormat.PLAIN.format("token_purchase_ord-1")).isEqualTo("token_purchase_ord-1");
  }

  @Test
  void uuid_is_version_5_of_the_same_string() {
    // python3 -c 'import uuid; print(uuid.uuid5(uuid.NAMESPACE_OID, "token_purchase_ord-1"))'
    assertThat(KeyFormat.UUID.format("token_purchase_ord-1"))
        .isEqualTo("a491505e-5a85-564a-b0ea-6948f642d875");
    assertThat(UUID.fromString(KeyFormat.UUID.format("x")).version()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ördr", "a b", "a\r\nX-Evil: 1", "\u0000", "訂單"})
  void a_key_that_no_header_can_carry_is_sent_as_a_uuid(String key) {
    assertThat(KeyFormat.PLAIN.format(key)).isEqualTo(KeyFormat.UUID.format(key));
  }

  @Test
  void the_key_of_a_batch_depends_on_its_items_their_order_and_the_round() {
    var key = KeyFormat.PLAIN.ofBatch(List.of("a", "b"), 1);
    assertThat(key).isEqualTo(KeyFormat.PLAIN.ofBatch(List.of("a", "b"), 1));
    assertThat(key).isNotEqualTo(KeyFormat.PLAIN.ofBatch(List.of("b", "a"), 1));
    assertThat(key).isNotEqualTo(KeyFormat.PLAIN.ofBatch(List.of("ab"), 1));
    assertThat(KeyFormat.PLAIN.ofBatch(List.of("a", "b"), 2)).isEqualTo(key + "_2");
    assertThat(UUID.fromString(KeyFormat.UUID.ofBatch(List.of("a"), 1)).version()).isEqualTo(5);
  }
}
