package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.kit.Flags;
import com.xxxchatnow.loyalty.kit.Service;
import com.xxxchatnow.loyalty.kit.Settings;
import com.xxxchatnow.loyalty.kit.Worker;
import com.xxxchatnow.loyalty.kit.WorkerConfig;
import com.xxxchatnow.loyalty.rrr.Budget;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.util.function.UnaryOperator;

/** Turns purchases into points at RRR. */
public final class EarnProcessor {
  private static final int ADMIN_PORT = 9101;

  private EarnProcessor() {}

  public static void main(String[] args) {
    Service.main(EarnPath.SERVICE, EarnProcessor::start);
  }

  /** Starts an instance and returns when it works; close it to stop. */
  public static Service start(Settings settings) {
    return start(settings, UnaryOperator.identity(), WorkerConfig.Steps.IGNORED);
  }

  /**
   * @param change a test's way to bounds that are no settings
   * @param steps a test's way to stop the process between two steps
   */
  static Service start(
      Settings settings, UnaryOperator<EarnSettings> change, WorkerConfig.Steps steps) {
    var service = Service.named(EarnPath.SERVICE, settings, ADMIN_PORT);
    var config = EarnSettings.from(settings);
    settings.check();
    try {
      return start(service, change.apply(config), steps);
    } catch (RuntimeException failure) {
      service.close();
      throw failure;
    }
  }

  private static Service start(Service service, EarnSettings config, WorkerConfig.Steps steps) {
    var kafka = config.kafka();
    var clock = Clock.systemUTC();
    var budget = new Budget(config.rps(), config.burst());
    // Nothing is ours until Kafka says so.
    budget.share(0);
    var rrr = service.part("rrr", new RrrClient(config.rrr(), budget, clock, service.metrics()));
    var flags =
        service.part("flags", new Flags(config.flags(), EarnPath.SERVICE + "-flags", kafka));
    var links =
        service.part(
            "links", new Links(kafka, EarnPath.SERVICE + "-links", rrr, config.asksLinks()));
    flags.awaitRead();
    links.awaitRead();
    var path =
        new EarnPath(
            new Records(kafka.serdes()),
            config.policy(),
            flags,
            links,
            earner(service, config.batchSize(), rrr),
            config.rrr().keyFormat(),
            clock,
            service.metrics());
    var worker =
        new Worker(
            WorkerConfig.of(Topics.PURCHASES.name(), EarnPath.SERVICE, kafka).withSteps(steps),
            path,
            budget::share,
            service.metrics(),
            service::fail);
    service.part("worker", worker).start();
    service.ready("worker", worker::problem);
    return service.start();
  }

  private static Earner earner(Service service, int batchSize, RrrClient rrr) {
    return batchSize == 1
        ? rrr::earn
        : service.part("batches", new BatchEarner(batchSize, rrr::earn, rrr::earnBatch));
  }
}
