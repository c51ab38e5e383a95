package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Objection;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Says whether RRR signed a delivery, by either scheme of the contract
 * (docs/rrr-contract.md#webhook-signature). A header that is missing, doubled or malformed is an
 * objection, never an exception.
 */
public final class Verifier {
  static final String SIGNATURE = "x-rrr-signature";
  static final String TIMESTAMP = "x-rrr-timestamp";
  static final String NONCE = "x-rrr-nonce";

  private static final String HMAC = "HmacSHA256";
  private static final Pattern SIGNATURE_FORM = Pattern.compile("(?:sha256=)?([0-9a-fA-F]{64})");
  private static final HexFormat HEX = HexFormat.of();

  private final List<SecretKeySpec> keys;
  private final boolean envelopes;
  private final Duration tolerance;
  private final Clock clock;

  /**
   * @param secrets any of them may have signed: there are two during a rotation
   * @param envelopes whether RRR's signing envelope is accepted as well, when its headers are there
   * @param tolerance how far an envelope's timestamp may be off, in either direction
   */
  public Verifier(List<Secret> secrets, boolean envelopes, Duration tolerance, Clock clock) {
    this.keys =
        secrets.stream().map(it -> new SecretKeySpec(it.value().getBytes(UTF_8), HMAC)).toList();
    this.envelopes = envelopes;
    this.tolerance = tolerance;
    this.clock = clock;
  }

  /** Why the delivery is refused; empty when RRR signed it. */
  Optional<Objection> objection(
      String method, String target, Map<String, List<String>> headers, byte[] body) {
    if (values(headers, SIGNATURE).isEmpty()) return Optional.of(Objection.NO_SIGNATURE);
    var form = SIGNATURE_FORM.matcher(only(headers, SIGNATURE).orElse(""));
    if (!form.matches()) return Optional.of(Objection.MALFORMED);
    var signature = HEX.parseHex(form.group(1));
    return envelopes && enveloped(headers)
        ? envelopeObjection(signature, method, target, headers, body)
        : signed(signature, body) ? Optional.empty() : Optional.of(Objection.WRONG_SIGNATURE);
  }

  private Optional<Objection> envelopeObjection(
      byte[] signature,
      String method,
      String target,
      Map<String, List<String>> headers,
      byte[] body) {
    var timestamp = only(headers, TIMESTAMP);
    var nonce = only(headers, NONCE);
    var time = timestamp.flatMap(Verifier::instant);
    if (time.isEmpty() || nonce.isEmpty()) return Optional.of(Objection.MALFORMED);
    var envelope =
        String.join(
            "\n",
            method.toUpperCase(Locale.ROOT),
            target,
            timestamp.get(),
            nonce.get(),
            HEX.formatHex(sha256(body)));
    if (!signed(signature, envelope.getBytes(UTF_8))) return Optional.of(Objection.WRONG_SIGNATURE);
    var off = Duration.between(time.get(), clock.instant()).abs();
    return off.compareTo(tolerance) > 0 ? Optional.of(Objection.STALE) : Optional.empty();
  }

  /** Tries every key, whichever fits, and compares in constant time. */
  private boolean signed(byte[] signature, byte[] message) {
    var signed = false;
    for (var key : keys) signed |= MessageDigest.isEqual(hmac(key, message), signature);
    return signed;
  }

  private static boolean enveloped(Map<String, List<String>> headers) {
    return !values(headers, TIMESTAMP).isEmpty() || !values(headers, NONCE).isEmpty();
  }

  private static List<String> values(Map<String, List<String>> headers, String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** The header's value when it was sent exactly once and is not empty. */
  private static Optional<String> only(Map<String, List<String>> headers, String name) {
    var values = values(headers, name);
    return values.size() == 1 && !values.getFirst().isEmpty()
        ? Optional.of(values.getFirst())
        : Optional.empty();
  }

  private static Optional<Instant> instant(String rfc3339) {
    try {
      return Optional.of(Instant.parse(rfc3339));
    } catch (DateTimeParseException notOne) {
      return Optional.empty();
    }
  }

  private static byte[] hmac(SecretKeySpec key, byte[] message) {
    try {
      var mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac.doFinal(message);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has " + HMAC, impossible);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
