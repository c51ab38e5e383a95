package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.kit.deadletter.Rejections;
import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.links.MemberResolver;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.worker.TracedHandler;
import com.xxxchatnow.loyalty.kit.worker.Worker;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig;
import com.xxxchatnow.loyalty.kit.worker.WorkerIdentity;
import com.xxxchatnow.loyalty.rrr.Budget;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;

/** Turns purchases into points at RRR. */
public final class EarnProcessor {
  static final String SERVICE = "earn-processor";
  private static final int ADMIN_PORT = 9101;
  private static final List<Setting> OF_IDENTITY =
      List.of(
          Setting.RRR_IDEMPOTENCY_KEY_FORMAT, Setting.RRR_CLIENT_ID, Setting.RRR_EARN_BATCH_SIZE);

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
    var clock = config.clock();
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
            new LedgerLookup(rrr::ledger, clock),
            new OutcomeRecords(codec, format, rejections, clock, service.metrics()),
            format,
            clock);
    var worker =
        new Worker(
            WorkerConfig.of(Topics.PURCHASES.name(), SERVICE, kafka)
                .withIdentity(config.identity())
                .withIntake(flags::earnIntake)
                .withFaultPoints(faultPoints),
            TracedHandler.of(tracing, SERVICE, handler),
            budget::share,
            service.metrics(),
            fatal -> service.fail(explained(fatal)));
    service.part("worker", worker).start();
    service.ready("worker", worker::problem);
    return service.start();
  }

  /** A changed setting with what an operator has to do about it. */
  private static Throwable explained(Throwable fatal) {
    return fatal instanceof WorkerIdentity.ChangedException changed
        ? new IllegalStateException(
            changed.getMessage() + ": ops/loyalty earn identity (settings " + OF_IDENTITY + ")")
        : fatal;
  }

  /** RRR's memory of keys is per endpoint: one endpoint for all purchases, or the other. */
  private static EarnClient earnClient(Service service, int batchSize, RrrClient rrr, Clock clock) {
    return batchSize == 1
        ? rrr::earn
        : service.part("batches", new BatchEarnClient(batchSize, rrr::earnBatch, clock));
  }
}
