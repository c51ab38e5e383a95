package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.earn.policy.Policy;
import com.xxxchatnow.loyalty.earn.policy.PolicyException;
import com.xxxchatnow.loyalty.earn.policy.PolicyFile;
import com.xxxchatnow.loyalty.kit.follower.Flags;
import com.xxxchatnow.loyalty.kit.keys.IdempotencyKeys;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig;
import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * The earn processor's configuration.
 *
 * @param rps this service's part of RRR's rate limit, for all its instances together
 * @param batchSize most purchases of one call; 1: no batches
 * @param asksLinks whether RRR may be asked for a user's link
 * @param earnFrom purchases that occurred before are skipped; null: none are
 * @param clock tells the time to everything but timers
 */
record EarnSettings(
    KafkaSettings kafka,
    RrrClientConfig rrr,
    int rps,
    int burst,
    int batchSize,
    boolean asksLinks,
    Policy policy,
    Instant earnFrom,
    Map<String, String> flags,
    Clock clock) {
  private static final int RPS = 50;
  private static final int BURST = 100;
  private static final int MAX_RPS = 10_000;
  private static final int MAX_BATCH = 100;

  /** Connections for calls that are answered only after ten seconds, at the full rate. */
  private static final int SLOWEST_ANSWER_SECONDS = 10;

  /** Reads everything; the caller checks the settings for faults. */
  static EarnSettings from(Settings settings) {
    var rps = settings.integer(Setting.RRR_RATE_LIMIT_RPS, RPS, 1, MAX_RPS);
    var burst = settings.integer(Setting.RRR_RATE_LIMIT_BURST, BURST, 1, MAX_RPS);
    return new EarnSettings(
        KafkaSettings.from(settings),
        rrr(settings, rps, burst),
        rps,
        burst,
        settings.integer(Setting.RRR_EARN_BATCH_SIZE, 1, 1, MAX_BATCH),
        settings.flag(Setting.RRR_LINK_ENABLED),
        policy(settings),
        settings.optionalInstant(Setting.EARN_FROM),
        Flags.from(settings),
        Clock.systemUTC());
  }

  EarnSettings with(RrrClientConfig other) {
    return new EarnSettings(
        kafka, other, rps, burst, batchSize, asksLinks, policy, earnFrom, flags, clock);
  }

  EarnSettings with(Clock other) {
    return new EarnSettings(
        kafka, rrr, rps, burst, batchSize, asksLinks, policy, earnFrom, flags, other);
  }

  /** Under what RRR remembers the calls. */
  String identity() {
    var format = rrr.keyFormat().name().toLowerCase(Locale.ROOT);
    return IdempotencyKeys.identityOfEarns(format, rrr.clientId(), batchSize);
  }

  /** Null after a fault, which is reported. */
  private static RrrClientConfig rrr(Settings settings, int rps, int burst) {
    var format = settings.oneOf(Setting.RRR_IDEMPOTENCY_KEY_FORMAT, "plain", "uuid");
    var url = settings.uri(Setting.RRR_API_BASE_URL);
    var id = settings.text(Setting.RRR_CLIENT_ID);
    var secret = settings.secret(Setting.RRR_CLIENT_SECRET).value();
    if (id.isEmpty() || secret.isEmpty()) return null;
    try {
      return RrrClientConfig.of(url, id, secret)
          .with(KeyFormat.valueOf(format.toUpperCase(Locale.ROOT)))
          .withConnections(rps * SLOWEST_ANSWER_SECONDS + burst);
    } catch (IllegalArgumentException wrong) {
      settings.problem(wrong.getMessage());
      return null;
    }
  }

  private static Policy policy(Settings settings) {
    var path = settings.path(Setting.EARN_POLICY);
    try {
      return path == null ? PolicyFile.builtIn() : PolicyFile.read(path);
    } catch (PolicyException wrong) {
      settings.problem(wrong.getMessage());
      return null;
    }
  }
}
