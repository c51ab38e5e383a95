package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.worker.TracedHandler;
import com.xxxchatnow.loyalty.kit.worker.Worker;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig;
import com.xxxchatnow.loyalty.rrr.Budget;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.util.function.UnaryOperator;

/** Turns purchases into points at RRR. */
public final class EarnProcessor {
  static final String SERVICE = "earn-processor";
  private static final int ADMIN_PORT = 9101;

  private EarnProcessor() {}

  public static void main(String[] args) {
    Service.main(SERVICE, EarnProcessor::start);
  }

  /** Starts an instance and returns when it works; close it to stop. */
  public static Service start(Settings settings) {
    return start(settings, UnaryOperator.identity(), WorkerConfig.FaultPoints.IGNORED);
  }

  /**
   * @param change a test's way to bounds that are no settings
   * @param steps a test's way to stop the process between two steps
   */
  static Service start(
      Settings settings, UnaryOperator<EarnSettings> change, WorkerConfig.FaultPoints steps) {
    var service = Service.named(SERVICE, settings, ADMIN_PORT);
    var config = EarnSettings.from(settings);
    settings.check();
    try {
      return start(service, change.apply(config), steps);
    } catch (RuntimeException failure) {
      service.close();
      throw failure;
    }
  }

  private static Service start(
      Service service, EarnSettings config, WorkerConfig.FaultPoints steps) {
    var kafka = config.kafka();
    var clock = Clock.systemUTC();
    var tracing = service.tracing();
    var budget = new Budget(config.rps(), config.burst());
    // Nothing is ours until Kafka says so.
    budget.share(0);
    var rrr =
        service.part(
            "rrr", new RrrClient(config.rrr(), budget, clock, service.metrics(), tracing.tracer()));
    var flags = service.part("flags", new Flags(config.flags(), SERVICE + "-flags", kafka));
    var links =
        service.part(
            "links", new MemberResolver(kafka, SERVICE + "-links", rrr, config.asksLinks()));
    flags.awaitCaughtUp();
    links.awaitCaughtUp();
    var records = new PurchaseCodec(kafka.serdes());
    var settlement =
        new OutcomeRecords(records, config.rrr().keyFormat(), clock, service.metrics());
    var earner = earner(service, config.batchSize(), rrr);
    var path =
        new PurchaseHandler(records, config.policy(), flags, links, earner, settlement, clock);
    var worker =
        new Worker(
            WorkerConfig.of(Topics.PURCHASES.name(), SERVICE, kafka).withFaultPoints(steps),
            TracedHandler.of(tracing, SERVICE, path),
            budget::share,
            service.metrics(),
            service::fail);
    service.part("worker", worker).start();
    service.ready("worker", worker::problem);
    return service.start();
  }

  private static EarnClient earner(Service service, int batchSize, RrrClient rrr) {
    return batchSize == 1
        ? rrr::earn
        : service.part("batches", new BatchEarnClient(batchSize, rrr::earn, rrr::earnBatch));
  }
}
