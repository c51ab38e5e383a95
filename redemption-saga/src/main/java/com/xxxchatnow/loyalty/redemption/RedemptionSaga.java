package com.xxxchatnow.loyalty.redemption;

import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.links.MemberResolver;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.worker.TracedHandler;
import com.xxxchatnow.loyalty.kit.worker.Worker;
import com.xxxchatnow.loyalty.kit.worker.WorkerConfig;
import com.xxxchatnow.loyalty.redemption.calls.RedemptionCallHandler;
import com.xxxchatnow.loyalty.redemption.calls.RedemptionGateway;
import com.xxxchatnow.loyalty.redemption.config.SagaSettings;
import com.xxxchatnow.loyalty.redemption.query.CommittedChanges;
import com.xxxchatnow.loyalty.redemption.query.LocalStore;
import com.xxxchatnow.loyalty.redemption.query.Peers;
import com.xxxchatnow.loyalty.redemption.query.Queries;
import com.xxxchatnow.loyalty.redemption.query.QueryServer;
import com.xxxchatnow.loyalty.redemption.stream.SagaStreams;
import com.xxxchatnow.loyalty.redemption.stream.UncommittedVersions;
import com.xxxchatnow.loyalty.rrr.Budget;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig.PoisonRule;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service: the saga's topology, the caller of RRR, and the queries. */
public final class RedemptionSaga {
  private static final Logger log = LoggerFactory.getLogger(RedemptionSaga.class);
  static final String NAME = "redemption-saga";
  private static final int ADMIN_PORT = 9102;

  /** Commits and reversals that wait for RRR must not keep quotes from being read. */
  private static final int MAX_UNFINISHED = 1_000;

  /** Meanwhile its partitions are with nobody, and quotes miss their deadline; calls are redone. */
  private static final Duration STOP_WITHIN = Duration.ofMillis(500);

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
    try {
      caller(service, settings, clock);
      saga(service, settings, clock);
      return service.start();
    } catch (RuntimeException failure) {
      service.close();
      throw failure;
    }
  }

  /** The part that calls RRR. */
  private static void caller(Service service, SagaSettings settings, Clock clock) {
    var kafka = settings.kafka();
    var tracing = service.tracing();
    var budget = new Budget(settings.rateLimit(), settings.burst());
    var rrr =
        service.part(
            "RRR",
            new RrrClient(rrr(settings), budget, clock, service.metrics(), tracing.tracer()));
    var members =
        service.part("links", new MemberResolver(kafka, NAME + "-links", settings.askForLinks()));
    var redeeming = new RedemptionGateway(rrr, members, clock);
    var caller =
        new RedemptionCallHandler(NAME, redeeming, kafka.serdes(), clock, service.metrics());
    var config =
        WorkerConfig.of(Topics.REDEMPTION_CALLS.name(), NAME + "-caller", kafka)
            .withMaxUnfinished(MAX_UNFINISHED)
            .withStopWithin(STOP_WITHIN)
            .withSession(SagaStreams.SESSION);
    members.awaitCaughtUp();
    var worker =
        new Worker(
            config,
            TracedHandler.of(tracing, config.group(), caller),
            budget::share,
            service.metrics(),
            service::fail);
    service.ready("caller", service.part("caller", worker).start()::problem);
  }

  /** The part that decides, and the queries about what it has decided. */
  private static void saga(Service service, SagaSettings settings, Clock clock) {
    var kafka = settings.kafka();
    var flags = service.part("flags", new Flags(settings.flags(), NAME + "-flags", kafka));
    flags.awaitCaughtUp();
    var uncommitted = new UncommittedVersions();
    var news = service.part("news", new CommittedChanges(kafka, NAME, uncommitted)).awaitStarted();
    service.ready("news", news::problem);
    var http = service.part("queries", new QueryServer(settings.httpHost(), settings.httpPort()));
    var self = new HostInfo(settings.queryHost(), http.port());
    var saga =
        service.part("saga", new SagaStreams(service, settings, flags, uncommitted, self, clock));
    service.ready("saga", saga::problem);
    var local = new LocalStore(saga.streams(), uncommitted);
    var peers = service.part("peers", new Peers());
    http.serve(new Queries(saga.streams(), self, local, peers, news));
    saga.start();
    log.info("{} answers queries on http://{}:{}", NAME, settings.httpHost(), http.port());
    service.info("queries", "http://%s:%d".formatted(settings.httpHost(), http.port()));
  }

  private static RrrClientConfig rrr(SagaSettings settings) {
    return RrrClientConfig.of(
            settings.rrrUrl(), settings.rrrClientId(), settings.rrrClientSecret().value())
        .with(settings.uuidKeys() ? KeyFormat.UUID : KeyFormat.PLAIN)
        .with(NEVER);
  }
}
