package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.faults.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Everything at once. {@code -Dfault.seed=…} repeats a run, {@code -Dfault.rounds=…
 * -Dfault.purchases=… -Dfault.kills=…} make it longer: purchases, kills and RRR's faults follow
 * from the seed; the threads' timing does not.
 */
@Isolated("keeps the machine busy")
class FaultIT {
  private static final int PURCHASES = Depth.of("fault.purchases", 400, 5_000);
  private static final int KILLS = Depth.of("fault.kills", 3, 10);
  // Of few calls, more have to fail, so that each fault strikes some.
  private static final double SHARES = Depth.of(4.0, 1.0);

  @Test
  void nothing_is_lost_or_doubled_whatever_is_killed_stopped_or_left_unanswered(
      @TempDir Path folder) throws IOException {
    var first = Long.getLong("fault.seed", System.nanoTime());
    for (var round = 0; round < Depth.of("fault.rounds", 1, 3); round++) {
      var seed = first + round;
      IO.println("fault suite: repeat with -Dfault.seed=" + seed);
      run(seed, folder);
    }
  }

  private static void run(long seed, Path folder) throws IOException {
    // A killed process leaves its transaction open: the broker ends it, sooner than in production.
    var client = Files.writeString(folder.resolve("c.properties"), "transaction.timeout.ms=3000\n");
    var simulated = SimulatorConfig.defaults().withSeed(seed).withoutRateLimit();
    try (var stack = new EarnStack(LocalKafkaConfig.threeBrokers(), simulated)) {
      stack
          .with("KAFKA_CLIENT_CONFIG", client.toString())
          .with("RRR_RATE_LIMIT_RPS", "400")
          .with("RRR_RATE_LIMIT_BURST", "100")
          .with("RRR_EARN_BATCH_SIZE", seed % 2 == 0 ? "1" : "20")
          .with("RRR_IDEMPOTENCY_KEY_FORMAT", seed / 2 % 2 == 0 ? "plain" : "uuid");
      Run.of(PURCHASES, seed, stack)
          .killing(KILLS)
          .stoppingABroker()
          .againstAnOutage()
          .withForeignRecords()
          .against(new Fault.Status(500), SHARES * 0.02)
          .against(new Fault.DropBefore(), SHARES * 0.01)
          .against(new Fault.ApplyThenDrop(), SHARES * 0.03)
          .against(new Fault.CutAnswer(), SHARES * 0.01)
          .against(new Fault.Html200(true), SHARES * 0.01)
          .against(new Fault.ApplyThenDelay(Duration.ofSeconds(2)), SHARES * 0.005)
          .against(Fault.Stranger.GATEWAY_404, SHARES * 0.01)
          .against(new Fault.ExpireToken(), SHARES * 0.002)
          .mustHold(
              Guarantee.NOTHING_LOST,
              Guarantee.EARNED_ONCE,
              Guarantee.RESULTS_ONCE,
              Guarantee.RESULTS_ARE_TRUE,
              Guarantee.ORDER_PER_USER,
              Guarantee.EVERY_DEAD_LETTER_HAS_A_REASON);
    }
  }
}
