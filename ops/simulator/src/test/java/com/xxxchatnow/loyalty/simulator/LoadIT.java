package com.xxxchatnow.loyalty.simulator;

import static com.xxxchatnow.loyalty.simulator.Caller.purchase;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class LoadIT {
  private static final int CONNECTIONS = 64;
  private static final int CALLS_EACH = 300;

  @Test
  void a_simulator_without_limit_is_no_bottleneck_and_counts_right_under_load() {
    try (var rrr = Simulator.start(SimulatorConfig.defaults().withoutRateLimit());
        var caller = new Caller(rrr)) {
      var began = System.nanoTime();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var t = 0; t < CONNECTIONS; t++) {
          var user = "user-" + t;
          var _ =
              threads.submit(() -> {
                for (var i = 0; i < CALLS_EACH; i++)
                  caller.earn(user + "-" + i, purchase(user, user + "-" + i, 1));
              });
        }
      }
      var took = Duration.ofNanos(System.nanoTime() - began);
      var total = CONNECTIONS * CALLS_EACH;
      System.out.printf(
          "%d earns in %d ms: %d/s%n", total, took.toMillis(), total * 1_000L / took.toMillis());

      assertThat(rrr.ledger()).hasSize(total);
      assertThat(rrr.balance("user-7")).isEqualTo(CALLS_EACH);
      // Two cores shared with others do some 3,000 a second, cold and with the caller in the same
      // JVM; the floor only notices a collapse, because neighbours can be busy.
      assertThat(total * 1_000L / took.toMillis()).isGreaterThan(300);
    }
  }
}
