package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.kit.deadletter.Rejections;
import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.links.MemberResolver;
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
   * @param faultPoints a test's way to stop the process between two steps
   */
  static Service start(
      Settings settings, UnaryOperator<EarnSettings> change, WorkerConfig.FaultPoints faultPoints) {
    var service = Service.named(SERVICE, settings, ADMIN_PORT);
    var config = EarnSettings.from(settings);
    settings.check();
    try {
      return start(service, change.apply(config), faultPoints);
    } catch (RuntimeException failure) {
      service.close();
      throw failure;
    }
  }

  private static Service start(
      Service service, EarnSettings config, WorkerConfig.FaultPoints faultPoints) {
    var kafka = config.kafka();
    var clock = Clock.systemUTC();
    var tracing = service.tracing();
    var budget = new Budget(config.rps(), config.burst());
    // No partitions are assigned yet, so none of the rate limit may be used.
    budget.share(0);
    var rrr =
        service.part(
            "rrr", new RrrClient(config.rrr(), budget, clock, service.metrics(), tracing.tracer()));
    var flags = service.part("flags", new Flags(config.flags(), SERVICE + "-flags", kafka));
    var links =
        service.part("links", new MemberResolver(kafka, SERVICE + "-links", config.asksLinks()));
    flags.awaitCaughtUp();
    links.awaitCaughtUp();
    var codec = new PurchaseCodec(kafka.serdes());
    var format = config.rrr().keyFormat();
    var rejections = new Rejections(kafka.serdes().serializer(), SERVICE, clock);
    var handler =
        new PurchaseHandler(
            codec,
            new PurchaseRules(config.policy(), flags, config.earnFrom(), clock),
            links,
            rrr::linkStatus,
            earnClient(service, config.batchSize(), rrr, clock),
            new LedgerLookup(rrr::ledger, format, clock),
            new OutcomeRecords(codec, format, rejections, clock, service.metrics()),
            clock);
    var worker =
        new Worker(
            WorkerConfig.of(Topics.PURCHASES.name(), SERVICE, kafka).withFaultPoints(faultPoints),
            TracedHandler.of(tracing, SERVICE, handler),
            budget::share,
            service.metrics(),
            service::fail);
    service.part("worker", worker).start();
    service.ready("worker", worker::problem);
    return service.start();
  }

  /** RRR's memory of keys is per endpoint: one endpoint for all purchases, or the other. */
  private static EarnClient earnClient(Service service, int batchSize, RrrClient rrr, Clock clock) {
    return batchSize == 1
        ? rrr::earn
        : service.part("batches", new BatchEarnClient(batchSize, rrr::earnBatch, clock));
  }
}
