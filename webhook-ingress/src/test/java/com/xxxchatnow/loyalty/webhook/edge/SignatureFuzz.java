package com.xxxchatnow.loyalty.webhook.edge;

import static com.xxxchatnow.loyalty.webhook.edge.FuzzCheck.check;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Rejected;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Verdict;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Verified;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What Jazzer runs against the verifier: whatever the headers say, there is a verdict; a delivery
 * is verified when it was signed, and never otherwise.
 */
public final class SignatureFuzz {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final List<String> SECRETS = List.of("whsec_first", "whsec_second");
  private static final String TARGET = "/webhooks/rrr?tenant=xcn";
  private static final int MAX_BODY = 500;
  private static final Verifier BODIES = verifier(false);
  private static final Verifier ENVELOPES = verifier(true);

  private SignatureFuzz() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) {
    var body = data.consumeBytes(data.consumeInt(0, MAX_BODY));
    plain(data, body);
    envelope(data, body);
    anything(data, body);
  }

  @SuppressWarnings("ReferenceEquality") // the very bytes that were signed
  private static void plain(FuzzedDataProvider data, byte[] body) {
    var envelopes = data.consumeBoolean();
    var signature = written(data, Sender.signature(data.pickValue(SECRETS), body));
    var headers = Map.of(Verifier.SIGNATURE, List.of(signature));
    var verdict = verdict(envelopes, headers, body);
    check(verdict instanceof Verified it && it.body() == body, "a signed body is verified");
    check(rejected(verdict(envelopes, headers, mutated(data, body))), "a changed body is not");
    var wrong = Map.of(Verifier.SIGNATURE, List.of(mutated(data, signature)));
    check(rejected(verdict(envelopes, wrong, body)), "a changed signature is not");
  }

  private static void envelope(FuzzedDataProvider data, byte[] body) {
    var seconds = data.consumeInt(-600, 600);
    var nonce = "n" + data.consumeAsciiString(20);
    var time = NOW.plusSeconds(seconds).toString();
    var signed = String.join("\n", "POST", TARGET, time, nonce, FuzzCheck.sha256(body));
    var signature = Sender.signature(data.pickValue(SECRETS), signed.getBytes(UTF_8));
    var headers = envelope(written(data, signature), time, nonce);

    var fresh = Math.abs(seconds) <= 300;
    check(verdict(true, headers, body) instanceof Verified == fresh, "while it is fresh");
    check(rejected(verdict(true, headers, mutated(data, body))), "a changed body is not");
    check(rejected(verdict(true, envelope(signature, time, nonce + "1"), body)), "another nonce");
    check(rejected(verdict(false, headers, body)), "where envelopes are not accepted");
  }

  /** Headers without any sense: a verdict, and no way round the signature. */
  private static void anything(FuzzedDataProvider data, byte[] body) {
    var headers = new HashMap<String, List<String>>();
    for (var name : List.of(Verifier.SIGNATURE, Verifier.TIMESTAMP, Verifier.NONCE)) {
      var values = IntStream.range(0, data.consumeInt(0, 2)).mapToObj(_ -> data.consumeString(80));
      headers.put(name, values.toList());
    }
    check(rejected(verdict(data.consumeBoolean(), headers, body)), "what nobody signed is not");
  }

  private static Verdict verdict(
      boolean envelopes, Map<String, List<String>> headers, byte[] body) {
    return new Unverified("POST", TARGET, headers, body).verify(envelopes ? ENVELOPES : BODIES);
  }

  private static Verifier verifier(boolean envelopes) {
    var secrets = SECRETS.stream().map(Secret::new).toList();
    var clock = Clock.fixed(NOW, ZoneOffset.UTC);
    return new Verifier(secrets, envelopes, Duration.ofMinutes(5), clock);
  }

  private static boolean rejected(Verdict verdict) {
    return verdict instanceof Rejected;
  }

  private static Map<String, List<String>> envelope(String signature, String time, String nonce) {
    return Map.of(
        Verifier.SIGNATURE, List.of(signature),
        Verifier.TIMESTAMP, List.of(time),
        Verifier.NONCE, List.of(nonce));
  }

  /** The forms that the contract allows. */
  private static String written(FuzzedDataProvider data, String hex) {
    var digits = data.consumeBoolean() ? hex.toUpperCase(Locale.ROOT) : hex;
    return data.consumeBoolean() ? "sha256=" + digits : digits;
  }

  /** Another body: one bit is another, one byte is missing, or one is added. */
  private static byte[] mutated(FuzzedDataProvider data, byte[] body) {
    if (body.length == 0) return new byte[] {data.consumeByte()};
    var length = body.length + data.consumeInt(-1, 1);
    var changed = Arrays.copyOf(body, length);
    if (length == body.length)
      changed[data.consumeInt(0, length - 1)] ^= (byte) (1 << data.consumeInt(0, 7));
    return changed;
  }

  /** Another signature: one digit is another, or the text has something more. */
  private static String mutated(FuzzedDataProvider data, String signature) {
    if (data.consumeBoolean()) return signature + (char) data.consumeShort();
    var at = signature.length() - 1 - data.consumeInt(0, 63);
    var digit = signature.charAt(at) == '0' ? '1' : '0';
    return signature.substring(0, at) + digit + signature.substring(at + 1);
  }
}
