package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig.Step;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** An earn processor that is gone, as by SIGKILL, when it reaches a step for the n-th time. */
final class HaltingEarnProcessor {
  private HaltingEarnProcessor() {}

  public static void main(String[] args) {
    var step = Step.valueOf(args[0]);
    var left = new AtomicInteger(Integer.parseInt(args[1]));
    Service.main(
        "halting-earn-processor",
        settings ->
            EarnProcessor.start(
                settings,
                UnaryOperator.identity(),
                reached -> {
                  if (reached == step && left.decrementAndGet() == 0) Runtime.getRuntime().halt(9);
                }));
  }
}
