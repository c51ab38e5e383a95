package com.xxxchatnow.loyalty.redemption.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionOperation;
import com.xxxchatnow.loyalty.redemption.stream.Samples;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RedemptionGatewayTest {
  @Test
  void the_first_call_of_a_kind_has_the_contracts_key_and_the_next_ones_their_number() {
    assertThat(key(RedemptionOperation.QUOTE, 1)).isEqualTo("redemption_quote_o-1");
    assertThat(key(RedemptionOperation.QUOTE, 2)).isEqualTo("redemption_quote_o-1_2");
    assertThat(key(RedemptionOperation.COMMIT, 1)).isEqualTo("redemption_o-1");
    assertThat(key(RedemptionOperation.COMMIT, 3)).isEqualTo("redemption_o-1_3");
    assertThat(key(RedemptionOperation.REVERSE, 1)).isEqualTo("redemption_reverse_o-1");
    assertThat(key(RedemptionOperation.REVERSE, 2)).isEqualTo("redemption_reverse_o-1_2");
  }

  @Test
  void a_repeated_call_is_refused_29_days_after_the_first_one_under_its_key()
      throws InterruptedException {
    var now = Instant.parse("2026-12-25T12:00:00Z");
    var repeated = Samples.call(RedemptionOperation.COMMIT, 1);
    repeated.setCalledAt(now);
    repeated.setFirstCalledAt(now.minus(Duration.ofDays(30)));
    // Whoever asks RRR or the members all the same meets a null.
    var gateway = new RedemptionGateway(null, null, Clock.fixed(now, ZoneOffset.UTC));
    assertThat(gateway.answer(repeated, null).getReason()).isEqualTo(Reason.EXPIRED_KEY);
  }

  @Test
  void a_call_without_what_it_needs_is_senseless() {
    for (var operation : RedemptionOperation.values())
      assertThat(RedemptionGateway.fault(Samples.call(operation, 1)))
          .as("%s", operation)
          .isNotNull();
  }

  private static String key(RedemptionOperation operation, int number) {
    return RedemptionGateway.key(Samples.call(operation, number));
  }
}
