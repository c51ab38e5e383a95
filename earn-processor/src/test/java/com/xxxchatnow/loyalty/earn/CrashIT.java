package com.xxxchatnow.loyalty.earn;

import static com.xxxchatnow.loyalty.earn.Purchases.tokens;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.kit.WorkerConfig.Step;
import com.xxxchatnow.loyalty.simulator.LedgerEntry;
import com.xxxchatnow.loyalty.simulator.SimulatorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that ends between any two steps of the path loses no purchase and doubles none. */
class CrashIT {
  private static final int PURCHASES = 60;
  private static EarnStack stack;
  @TempDir private static Path folder;

  @BeforeAll
  static void start() {
    stack = new EarnStack(SimulatorConfig.defaults().withoutRateLimit());
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void each_purchase_is_booked_and_told_once_although_the_process_ends_at(Step step)
      throws IOException {
    var client = Files.writeString(folder.resolve("c.properties"), "transaction.timeout.ms=3000\n");
    stack.with("KAFKA_CLIENT_CONFIG", client.toString());
    var each = step == Step.HANDLING || step == Step.HANDLED;
    var process = stack.process(HaltingEarnProcessor.class, step.name(), each ? "20" : "2");
    var purchases = new ArrayList<PurchaseCompleted>();
    for (var i = 0; i < PURCHASES; i++)
      purchases.add(tokens(step + "-" + i, step + "-user-" + i % 10, 300).build());
    stack.publish(purchases.subList(0, 10));
    await().atMost(ofSeconds(60)).until(() -> !orders(step).isEmpty() || !process.alive());
    stack.publish(purchases.subList(10, PURCHASES));
    assertThat(process.awaitExit(ofSeconds(60))).isEqualTo(9);

    stack.instance();
    await()
        .atMost(ofSeconds(60))
        .pollInterval(ofMillis(200))
        .until(() -> orders(step).size() >= PURCHASES);
    var expected = purchases.stream().map(PurchaseCompleted::getOrderId).toList();
    assertThat(orders(step)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(
            stack.booked().stream()
                .map(LedgerEntry::orderId)
                .filter(order -> order.startsWith(step + "-")))
        .containsExactlyInAnyOrderElementsOf(expected);
    stack.stopInstances();
  }

  private static List<String> orders(Step step) {
    return stack.results().stream()
        .map(EarnResult::getOrderId)
        .filter(order -> order.startsWith(step + "-"))
        .toList();
  }
}
