package com.xxxchatnow.loyalty.kit.follower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlagsTest {

  @Test
  void the_rollout_reaches_about_the_share_it_names() {
    var in = IntStream.range(0, 100_000).filter(i -> Flags.percentile("user-" + i) < 10).count();
    assertThat(in).isBetween(9_500L, 10_500L);
  }

  @Test
  void a_users_percentile_is_the_same_for_ever() {
    assertThat(Flags.percentile("u-42")).isEqualTo(78);
  }

  @Test
  void a_value_that_makes_no_sense_is_named() {
    assertThat(Flags.fault("RRR_ROLLOUT_PERCENT", "150")).contains("0 to 100");
    assertThat(Flags.fault("RRR_EARN_ENABLED", "off")).contains("true or false");
    assertThat(Flags.fault("RRR_CLIENT_SECRET", "x")).contains("is not a flag");
    assertThat(Flags.fault("RRR_ROLLOUT_PERCENT", "50")).isNull();
  }
}
