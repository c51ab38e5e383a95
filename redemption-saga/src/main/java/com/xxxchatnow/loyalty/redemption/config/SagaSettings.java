package com.xxxchatnow.loyalty.redemption.config;

import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.redemption.machine.Transitions.Waits;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The saga's configuration.
 *
 * @param rateLimit this service's part of RRR's requests a second, for all its instances together
 * @param uuidKeys idempotency keys go as UUIDs
 * @param askForLinks RRR is asked for the link of a user of whom no event told
 * @param stateFolder where the stores lie; lost, they are restored from Kafka
 * @param queryHost under which the other instances reach this one's queries; another one for each
 * @param standbys how many other instances keep a copy of each store
 */
public record SagaSettings(
    KafkaSettings kafka,
    URI rrrUrl,
    String rrrClientId,
    Secret rrrClientSecret,
    int rateLimit,
    int burst,
    boolean uuidKeys,
    boolean askForLinks,
    Map<String, String> flags,
    Waits waits,
    Path stateFolder,
    int standbys,
    String httpHost,
    int httpPort,
    String queryHost) {
  private static final Duration QUOTE_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration PAYMENT_TIMEOUT = Duration.ofMinutes(30);
  private static final Duration RETENTION = Duration.ofDays(180);
  private static final int RATE_LIMIT = 50;
  private static final int BURST = 100;
  private static final int HTTP_PORT = 8082;

  /** Reads and checks them. */
  public static SagaSettings from(Settings settings) {
    var all =
        new SagaSettings(
            KafkaSettings.from(settings),
            settings.uri(Setting.RRR_API_BASE_URL),
            settings.text(Setting.RRR_CLIENT_ID),
            settings.secret(Setting.RRR_CLIENT_SECRET),
            settings.integer(Setting.RRR_RATE_LIMIT_RPS, RATE_LIMIT, 1, 10_000),
            settings.integer(Setting.RRR_RATE_LIMIT_BURST, BURST, 1, 20_000),
            settings.oneOf(Setting.RRR_IDEMPOTENCY_KEY_FORMAT, "plain", "uuid").equals("uuid"),
            settings.flag(Setting.RRR_LINK_ENABLED),
            Flags.from(settings),
            new Waits(
                settings.duration(Setting.REDEMPTION_QUOTE_TIMEOUT, QUOTE_TIMEOUT),
                settings.duration(Setting.REDEMPTION_PAYMENT_TIMEOUT, PAYMENT_TIMEOUT),
                settings.duration(Setting.REDEMPTION_RETENTION, RETENTION)),
            Path.of(settings.text(Setting.REDEMPTION_STATE_DIR)),
            settings.integer(Setting.REDEMPTION_STANDBYS, 0, 0, 3),
            settings.text(Setting.HTTP_HOST),
            settings.integer(Setting.HTTP_PORT, HTTP_PORT, 0, 65_535),
            settings.text(Setting.REDEMPTION_QUERY_HOST, settings.text(Setting.HTTP_HOST)));
    if (isEveryAddress(all.queryHost))
      settings.problem(
          Setting.REDEMPTION_QUERY_HOST
              + " must be set to a name or address under which the other instances reach this one,"
              + " such as its own container's or pod's: nobody can be asked at "
              + all.queryHost);
    else if (!isHost(all.queryHost))
      settings.problem(
          Setting.REDEMPTION_QUERY_HOST
              + " (or HTTP_HOST) must be a host name of letters, digits, - and . or an address, but"
              + " is "
              + all.queryHost);
    settings.check();
    return all;
  }

  /** Whether the other instances can put it into a URL: a name with an underscore is none. */
  private static boolean isHost(String host) {
    try {
      return new URI("http://" + host + ":1").getHost() != null;
    } catch (URISyntaxException _) {
      return false;
    }
  }

  /** Whether a server listens on all addresses so, which are no place to reach one at. */
  private static boolean isEveryAddress(String host) {
    try {
      return InetAddress.ofLiteral(host).isAnyLocalAddress();
    } catch (IllegalArgumentException name) {
      return false;
    }
  }
}
