package com.xxxchatnow.loyalty.simulator.webhooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature headers of a webhook, docs/rrr-contract.md#webhook-signature: plain, or the newer
 * envelope.
 */
final class WebhookSigner {
  private final SimulatorConfig config;

  WebhookSigner(SimulatorConfig config) {
    this.config = config;
  }

  Map<String, String> headers(URI target, Instant timestamp, String nonce, byte[] body) {
    return switch (config.webhookSignature) {
      case PLAIN -> Map.of("X-RRR-Signature", hmac(body));
      case ENVELOPE ->
          Map.of(
              "X-RRR-Timestamp",
              timestamp.toString(),
              "X-RRR-Nonce",
              nonce,
              "X-RRR-Key-Id",
              "simulator-1",
              "X-RRR-Tenant",
              config.clientId,
              "X-RRR-Signature",
              hmac(envelope(target, timestamp, nonce, body)));
    };
  }

  private byte[] envelope(URI target, Instant timestamp, String nonce, byte[] body) {
    var path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
    var query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
    return String.join("\n", "POST", path + query, timestamp.toString(), nonce, sha256(body))
        .getBytes(UTF_8);
  }

  private String hmac(byte[] message) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(config.webhookSecret.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(message));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static String sha256(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
