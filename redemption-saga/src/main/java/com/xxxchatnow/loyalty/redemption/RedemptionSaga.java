package com.xxxchatnow.loyalty.redemption;

import com.xxxchatnow.loyalty.kit.Flags;
import com.xxxchatnow.loyalty.kit.Service;
import com.xxxchatnow.loyalty.kit.Settings;
import com.xxxchatnow.loyalty.kit.Worker;
import com.xxxchatnow.loyalty.kit.WorkerConfig;
import com.xxxchatnow.loyalty.rrr.Budget;
import com.xxxchatnow.loyalty.rrr.KeyFormat;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig.PoisonRule;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.time.Duration;

/** The service: the saga's topology, the caller of RRR, and the queries. */
public final class RedemptionSaga {
  static final String NAME = "redemption-saga";
  private static final int ADMIN_PORT = 9102;

  /** Commits and reversals that wait for RRR must not keep quotes from being read. */
  private static final int MOST_UNFINISHED = 1_000;

  /** RRR's failures never count as a refusal here: a commit may have been applied. */
  private static final PoisonRule NEVER =
      new PoisonRule(Integer.MAX_VALUE, Integer.MAX_VALUE, Duration.ofDays(365));

  private RedemptionSaga() {}

  public static void main(String[] args) {
    Service.main(NAME, settings -> start(settings, Clock.systemUTC()));
  }

  /** Starts the service; it is closed by closing what is answered. */
  public static Service start(Settings environment, Clock clock) {
    var service = Service.named(NAME, environment, ADMIN_PORT);
    var settings = SagaSettings.from(environment);
    var kafka = settings.kafka();
    var flags = service.part("flags", new Flags(settings.flags(), NAME + "-flags", kafka));
    var budget = new Budget(settings.rateLimit(), settings.burst());
    var rrr = service.part("RRR", new RrrClient(rrr(settings), budget, clock, service.metrics()));
    var members =
        service.part(
            "links", new Members(kafka, NAME, settings.askForLinks() ? rrr::linkStatus : null));
    var caller = new RrrCaller(NAME, new Redeeming(rrr, members, clock), kafka.serdes(), clock);
    var worker =
        new Worker(
            WorkerConfig.of(Topics.REDEMPTION_CALLS.name(), NAME + "-caller", kafka)
                .withMaxUnfinished(MOST_UNFINISHED),
            caller,
            budget::share,
            service.metrics(),
            service::fail);
    flags.awaitRead();
    service.ready("caller", service.part("caller", worker).start()::problem);
    var watch = new Watch(service.metrics());
    var streams =
        service.part(
            "saga",
            new SagaStreams(
                service,
                settings,
                flags,
                watch,
                settings.httpHost() + ":" + settings.httpPort(),
                clock));
    service.ready("saga", streams.start()::problem);
    return service.start();
  }

  private static RrrClientConfig rrr(SagaSettings settings) {
    return RrrClientConfig.of(
            settings.rrrUrl(), settings.rrrClientId(), settings.rrrClientSecret().value())
        .with(settings.uuidKeys() ? KeyFormat.UUID : KeyFormat.PLAIN)
        .with(NEVER);
  }
}
