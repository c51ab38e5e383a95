package com.xxxchatnow.loyalty.webhook;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The configuration of the ingress, read from its environment.
 *
 * @param secrets any of them may have signed a webhook
 * @param envelopes whether RRR's signing envelope is accepted as well
 * @param tolerance how far an envelope's timestamp may be off
 * @param forAcknowledgement the longest time from a webhook to Kafka's acknowledgement
 * @param stateDir the folder of the router's stores
 */
record IngressSettings(
    KafkaSettings kafka,
    String host,
    int port,
    List<Secret> secrets,
    boolean envelopes,
    Duration tolerance,
    Duration forAcknowledgement,
    Path stateDir) {
  private static final int PORT = 8080;
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  static final Duration ACK_TIMEOUT = Duration.ofSeconds(8);

  static IngressSettings from(Settings settings) {
    return new IngressSettings(
        KafkaSettings.from(settings),
        settings.text(Setting.HTTP_HOST),
        settings.integer(Setting.HTTP_PORT, PORT, 0, 65_535),
        settings.secrets(Setting.RRR_WEBHOOK_SECRET),
        settings.oneOf(Setting.RRR_WEBHOOK_SIGNATURE, "body", "envelope").equals("envelope"),
        settings.duration(Setting.RRR_WEBHOOK_TOLERANCE, TOLERANCE),
        settings.duration(Setting.WEBHOOK_ACK_TIMEOUT, ACK_TIMEOUT),
        Path.of(settings.text(Setting.WEBHOOK_STATE_DIR)));
  }
}
