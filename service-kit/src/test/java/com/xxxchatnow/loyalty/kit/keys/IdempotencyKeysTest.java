package com.xxxchatnow.loyalty.kit.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class IdempotencyKeysTest {
  @Test
  void keys_are_the_contracts() {
    assertThat(IdempotencyKeys.earn(PurchaseKind.TOKEN_PURCHASE, "o", "1"))
        .isEqualTo("token_purchase_o");
    assertThat(IdempotencyKeys.earn(PurchaseKind.MEMBERSHIP_PURCHASE, "o", "1"))
        .isEqualTo("membership_purchase_o");
    assertThat(IdempotencyKeys.redemptionQuote("o", 1)).isEqualTo("redemption_quote_o");
    assertThat(IdempotencyKeys.redemptionQuote("o", 2)).isEqualTo("redemption_quote_o_2");
    assertThat(IdempotencyKeys.redemptionCommit("o", 1)).isEqualTo("redemption_o");
    assertThat(IdempotencyKeys.redemptionCommit("o", 3)).isEqualTo("redemption_o_3");
    assertThat(IdempotencyKeys.redemptionReverse("o", 1)).isEqualTo("redemption_reverse_o");
    assertThat(IdempotencyKeys.redemptionReverse("o", 2)).isEqualTo("redemption_reverse_o_2");
  }

  @Test
  void a_further_line_of_an_order_never_has_the_key_of_another_order() {
    assertThat(IdempotencyKeys.earn(PurchaseKind.TOKEN_PURCHASE, "a", "2"))
        .isEqualTo("token_purchase:2:a")
        .isNotEqualTo(IdempotencyKeys.earn(PurchaseKind.TOKEN_PURCHASE, "a_2", "1"));
  }

  @Test
  void a_key_may_be_forgotten_after_29_days() {
    var used = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(IdempotencyKeys.mayBeForgotten(used, used.plus(Duration.ofDays(29)))).isFalse();
    assertThat(IdempotencyKeys.mayBeForgotten(used, used.plus(Duration.ofDays(29)).plusMillis(1)))
        .isTrue();
  }
}
