package com.xxxchatnow.loyalty.webhook;

import static com.xxxchatnow.loyalty.webhook.edge.WebhookHandler.PATH;

import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import com.xxxchatnow.loyalty.webhook.edge.BodyReader;
import com.xxxchatnow.loyalty.webhook.edge.EdgeMetrics;
import com.xxxchatnow.loyalty.webhook.edge.Verifier;
import com.xxxchatnow.loyalty.webhook.edge.WarmUp;
import com.xxxchatnow.loyalty.webhook.edge.WebhookHandler;
import com.xxxchatnow.loyalty.webhook.edge.WebhookPublisher;
import com.xxxchatnow.loyalty.webhook.edge.WebhookServer;
import com.xxxchatnow.loyalty.webhook.edge.WebhookServer.EdgeLimits;
import com.xxxchatnow.loyalty.webhook.router.Router;
import com.xxxchatnow.loyalty.webhook.router.RouterMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes RRR's webhooks, keeps them, and makes events of them. */
public final class WebhookIngress {
  static final String NAME = Router.SERVICE;
  private static final int ADMIN_PORT = 9103;
  private static final Duration FOR_A_BODY = Duration.ofSeconds(10);
  private static final int MEMORY = 32 * 1024 * 1024;
  private static final Logger log = LoggerFactory.getLogger(WebhookIngress.class);

  private WebhookIngress() {}

  public static void main(String[] args) {
    Service.main(NAME, WebhookIngress::start);
  }

  /** How webhooks are written to Kafka, for a producer that is to be compared with the ingress. */
  public static Map<String, Object> producerConfig() {
    return WebhookPublisher.config(IngressSettings.ACK_TIMEOUT);
  }

  /** Starts a service; throws SettingsException when the configuration is wrong. */
  public static Service start(Settings settings) {
    var service = Service.named(NAME, settings, ADMIN_PORT);
    var config = IngressSettings.from(settings);
    settings.check();
    var clock = Clock.systemUTC();
    var tracing = service.tracing();
    var metrics = new EdgeMetrics(service.metrics());
    var router =
        service.part(
            "router",
            new Router(
                config.kafka(), config.stateDir(), new RouterMetrics(service.metrics()), tracing));
    var webhooks =
        service.part(
            "log",
            WebhookPublisher.on(
                config.kafka(), config.forAcknowledgement(), metrics, tracing, clock));
    var warmUp = service.part("warm-up", new WarmUp(webhooks));
    var edge = service.part("edge", edge(config, webhooks, metrics, clock));
    service.ready("webhooks", warmUp::problem);
    service.ready("router", router::problem);
    router.start();
    edge.start();
    service.info("webhooks", "http://%s:%d%s".formatted(config.host(), edge.port(), PATH));
    log.info("{} takes webhooks at http://{}:{}{}", NAME, config.host(), edge.port(), PATH);
    return service.start();
  }

  private static WebhookServer edge(
      IngressSettings config, WebhookPublisher webhooks, EdgeMetrics metrics, Clock clock) {
    var bodies = new BodyReader(WebhookBody.MAX_BYTES, FOR_A_BODY, MEMORY);
    var verifier = new Verifier(config.secrets(), config.envelopes(), config.tolerance(), clock);
    return new WebhookServer(
        config.host(),
        config.port(),
        EdgeLimits.around(FOR_A_BODY, config.forAcknowledgement()),
        new WebhookHandler(bodies, verifier, webhooks, metrics));
  }
}
