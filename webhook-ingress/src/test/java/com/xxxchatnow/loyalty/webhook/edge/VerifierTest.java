package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Objection;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One delivery that is right, and one mutation for each way to be wrong. The signatures were made
 * with openssl, not by code of this project.
 */
class VerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final byte[] BODY =
      ("{\"event_id\":\"evt-0001\",\"event_type\":\"POINTS_POSTED\",\"data\":{"
           + "\"member_id\":\"5f0c1b9e-8a47-4c3e-9d56-2f1e7a6b3c80\",\"points_delta\":150,"
           + "\"ledger_entry_id\":\"0b8f6c1e-3f52-4d7a-8a5b-6f2f9d1c7e44\",\"source_ref\":\"o-1:1\"}}")
          .getBytes(UTF_8);
  private static final String BY_FIRST =
      "fac1c960596acbff5e9bc06af46753eeebfd56da86f971450cf99adce2e25b4d";
  private static final String BY_SECOND =
      "f6ab23618a48ebfe7b6a682487d27b29dc207286afd7f5a2acd4a44b9c5b0640";
  private static final String EMPTY_BY_FIRST =
      "e36b3624ba033681bd25efa9476fe930e7fbf35a46eeb1d4e5d466203e0dc454";

  /** POST /webhooks/rrr?tenant=xcn at NOW with nonce-1, by the first secret. */
  private static final String ENVELOPE =
      "c9c3dffb6ccf36d627eabdc3151cad66f80a724d690ed99be955f21dafe601cb";

  private static final String TARGET = "/webhooks/rrr?tenant=xcn";

  private final Verifier verifier = verifier(true, NOW);

  @ParameterizedTest
  @ValueSource(strings = {BY_FIRST, BY_SECOND, "sha256=" + BY_FIRST})
  void either_secret_with_or_without_the_prefix_is_right(String signature) {
    assertThat(plain(signature)).isInstanceOf(Verified.class);
    assertThat(plain(signature.replace(BY_FIRST, BY_FIRST.toUpperCase(Locale.ROOT))))
        .isInstanceOf(Verified.class);
  }

  @Test
  void a_verified_delivery_gives_the_bytes_that_were_signed() {
    assertThat(plain(BY_FIRST))
        .isInstanceOfSatisfying(Verified.class, it -> assertThat(it.body()).isEqualTo(BODY));
  }

  @Test
  void an_empty_body_has_a_signature_too() {
    assertThat(verdict(Map.of("x-rrr-signature", List.of(EMPTY_BY_FIRST)), new byte[0]))
        .isInstanceOf(Verified.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256=",
        "abc",
        "sha1=" + BY_FIRST,
        "SHA256=" + BY_FIRST,
        "sha256= " + BY_FIRST,
        BY_FIRST + "0",
        BY_FIRST + "," + BY_FIRST,
        BY_FIRST + "\n",
        "zac1c960596acbff5e9bc06af46753eeebfd56da86f971450cf99adce2e25b4d",
        "fac1c960596acbff5e9bc06af46753eeebfd56da86f971450cf99adce2e25b4",
        "fac1c960596acbff5e9bc06af46753eeebfd56da86f971450cf99adce2e25b4\uFF24"
      })
  void what_is_no_signature_is_refused(String signature) {
    assertThat(plain(signature)).isEqualTo(new Rejected(Objection.MALFORMED));
  }

  @Test
  void a_missing_signature_is_refused() {
    assertThat(verdict(Map.of(), BODY)).isEqualTo(new Rejected(Objection.NO_SIGNATURE));
  }

  @Test
  void a_doubled_signature_is_refused_though_both_are_right() {
    assertThat(verdict(Map.of("x-rrr-signature", List.of(BY_FIRST, BY_FIRST)), BODY))
        .isEqualTo(new Rejected(Objection.MALFORMED));
  }

  @Test
  void a_signature_by_another_secret_is_refused() {
    var signature = Sender.signature("whsec_third", BODY);

    assertThat(plain(signature)).isEqualTo(new Rejected(Objection.WRONG_SIGNATURE));
  }

  @Test
  void a_body_changed_by_any_one_bit_is_refused() {
    for (var bit = 0; bit < BODY.length * 8; bit++) {
      var changed = Arrays.copyOf(BODY, BODY.length);
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(verdict(Map.of("x-rrr-signature", List.of(BY_FIRST)), changed))
          .isEqualTo(new Rejected(Objection.WRONG_SIGNATURE));
    }
  }

  @Test
  void a_signature_changed_by_any_one_digit_is_refused() {
    for (var i = 0; i < BY_FIRST.length(); i++) {
      var other = BY_FIRST.charAt(i) == '0' ? '1' : '0';
      var changed = BY_FIRST.substring(0, i) + other + BY_FIRST.substring(i + 1);
      assertThat(plain(changed)).isEqualTo(new Rejected(Objection.WRONG_SIGNATURE));
    }
  }

  @Test
  void an_envelope_is_right() {
    assertThat(verdict(envelope(), BODY)).isInstanceOf(Verified.class);
  }

  @Test
  void a_plain_signature_is_right_where_envelopes_are_accepted() {
    assertThat(plain(BY_FIRST)).isInstanceOf(Verified.class);
  }

  @Test
  void an_envelope_is_refused_where_it_is_not_accepted() {
    var delivery = new Unverified("POST", TARGET, envelope(), BODY);

    assertThat(delivery.verify(verifier(false, NOW)))
        .isEqualTo(new Rejected(Objection.WRONG_SIGNATURE));
  }

  @Test
  void every_part_of_an_envelope_is_signed() {
    var wrong = new Rejected(Objection.WRONG_SIGNATURE);
    assertThat(verdict(envelope("x-rrr-nonce", "nonce-2"), BODY)).isEqualTo(wrong);
    assertThat(verdict(envelope("x-rrr-timestamp", "2026-11-22T10:00:01Z"), BODY)).isEqualTo(wrong);
    assertThat(verdict(envelope(), new byte[0])).isEqualTo(wrong);
    assertThat(new Unverified("PUT", TARGET, envelope(), BODY).verify(verifier)).isEqualTo(wrong);
    assertThat(new Unverified("POST", "/webhooks/rrr", envelope(), BODY).verify(verifier))
        .isEqualTo(wrong);
  }

  @Test
  void half_an_envelope_is_refused() {
    var malformed = new Rejected(Objection.MALFORMED);
    assertThat(verdict(envelope("x-rrr-nonce"), BODY)).isEqualTo(malformed);
    assertThat(verdict(envelope("x-rrr-nonce", ""), BODY)).isEqualTo(malformed);
    assertThat(verdict(envelope("x-rrr-nonce", "nonce-1", "nonce-1"), BODY)).isEqualTo(malformed);
    assertThat(verdict(envelope("x-rrr-timestamp"), BODY)).isEqualTo(malformed);
    assertThat(verdict(envelope("x-rrr-timestamp", "yesterday"), BODY)).isEqualTo(malformed);
    assertThat(verdict(envelope("x-rrr-timestamp", "1763805600"), BODY)).isEqualTo(malformed);
  }

  @Test
  void an_envelope_is_accepted_up_to_the_tolerance_on_either_side_and_not_a_second_longer() {
    var delivery = new Unverified("POST", TARGET, envelope(), BODY);
    var stale = new Rejected(Objection.STALE);

    assertThat(delivery.verify(verifier(true, NOW.plusSeconds(300)))).isInstanceOf(Verified.class);
    assertThat(delivery.verify(verifier(true, NOW.plusSeconds(301)))).isEqualTo(stale);
    assertThat(delivery.verify(verifier(true, NOW.minusSeconds(300)))).isInstanceOf(Verified.class);
    assertThat(delivery.verify(verifier(true, NOW.minusSeconds(301)))).isEqualTo(stale);
  }

  private Verdict plain(String signature) {
    return verdict(Map.of("x-rrr-signature", List.of(signature)), BODY);
  }

  private Verdict verdict(Map<String, List<String>> headers, byte[] body) {
    return new Unverified("POST", TARGET, headers, body).verify(verifier);
  }

  private static Map<String, List<String>> envelope() {
    return Map.of(
        "x-rrr-signature", List.of(ENVELOPE),
        "x-rrr-timestamp", List.of("2026-11-22T10:00:00Z"),
        "x-rrr-nonce", List.of("nonce-1"),
        "x-rrr-key-id", List.of("key-1"),
        "x-rrr-tenant", List.of("xcn"));
  }

  /** The envelope with these values of one header; none: without it. */
  private static Map<String, List<String>> envelope(String header, String... values) {
    var headers = new HashMap<>(envelope());
    headers.put(header, List.of(values));
    return headers;
  }

  private static Verifier verifier(boolean envelopes, Instant now) {
    return new Verifier(
        List.of(new Secret("whsec_first"), new Secret("whsec_second")),
        envelopes,
        Duration.ofMinutes(5),
        Clock.fixed(now, ZoneOffset.UTC));
  }
}
