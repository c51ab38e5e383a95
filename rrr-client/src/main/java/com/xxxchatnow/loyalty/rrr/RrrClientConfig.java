package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * Everything the client needs to know, checked: HTTPS only, except on loopback.
 *
 * @param baseUrl without {@code /v1}, as in {@code RRR_API_BASE_URL}
 * @param connections most connections at once; not fewer than calls in flight, because waiting for
 *     one is part of an attempt's time
 * @param largestBody bytes of an answer that are read at most; a longer one is no answer
 * @param largestLedger the same for the ledger, whose answers grow with the time asked for
 */
public record RrrClientConfig(
    URI baseUrl,
    String clientId,
    String clientSecret,
    KeyFormat keyFormat,
    int connections,
    int largestBody,
    int largestLedger,
    Limits limits,
    CircuitRule circuit,
    PoisonRule poison) {

  /**
   * Times of an attempt and between attempts.
   *
   * @param connect to reach RRR
   * @param attempt one attempt from first to last byte, however slowly it drips
   * @param firstPause before the second attempt; doubles from there, half of it is chance
   * @param longestPause between two attempts
   * @param idleConnection after which a connection is closed
   * @param connectionAge after which a connection is not used again, so that DNS changes arrive
   * @param longestRetryAfter how far a {@code Retry-After} is believed
   */
  public record Limits(
      Duration connect,
      Duration attempt,
      Duration firstPause,
      Duration longestPause,
      Duration idleConnection,
      Duration connectionAge,
      Duration longestRetryAfter) {
    public static final Limits DEFAULT =
        new Limits(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofMillis(200),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5));

    public Limits {
      positive(connect, "connect");
      positive(attempt, "attempt");
      positive(firstPause, "firstPause");
      positive(longestPause, "longestPause");
      positive(idleConnection, "idleConnection");
      positive(connectionAge, "connectionAge");
      positive(longestRetryAfter, "longestRetryAfter");
    }
  }

  /**
   * When RRR counts as down: {@code failurePercent} of the last {@code window} attempts failed, of
   * {@code atLeast} at least. Then nothing is sent for {@code openFor}, then one probe.
   */
  public record CircuitRule(int window, int atLeast, int failurePercent, Duration openFor) {
    public static final CircuitRule DEFAULT = new CircuitRule(40, 20, 50, Duration.ofSeconds(2));

    public CircuitRule {
      check(window > 0, "circuit.window must be positive");
      check(atLeast > 0 && atLeast <= window, "circuit.atLeast must be 1 to window");
      check(failurePercent > 0 && failurePercent <= 100, "circuit.failurePercent must be 1 to 100");
      positive(openFor, "circuit.openFor");
    }
  }

  /**
   * When a call that keeps failing is refused although RRR never said so: it alone was answered
   * with a failure {@code answers} times while {@code others} calls succeeded, for at least {@code
   * time}.
   */
  public record PoisonRule(int answers, int others, Duration time) {
    public static final PoisonRule DEFAULT = new PoisonRule(8, 20, Duration.ofSeconds(60));

    public PoisonRule {
      check(answers > 1, "poison.answers must be at least 2");
      check(others > 0, "poison.others must be positive");
      check(!time.isNegative(), "poison.time must not be negative");
    }
  }

  public RrrClientConfig {
    Objects.requireNonNull(keyFormat, "keyFormat");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(circuit, "circuit");
    Objects.requireNonNull(poison, "poison");
    check(clientId != null && !clientId.isBlank(), "RRR's client id is missing");
    check(printable(clientId), "RRR's client id has characters that no header can carry");
    check(clientSecret != null && !clientSecret.isBlank(), "RRR's client secret is missing");
    check(connections > 0, "connections must be positive");
    check(largestBody > 0 && largestLedger > 0, "limits of bodies must be positive");
    baseUrl = checked(baseUrl);
  }

  /** With the default limits. */
  public static RrrClientConfig of(URI baseUrl, String clientId, String clientSecret) {
    return new RrrClientConfig(
        baseUrl,
        clientId,
        clientSecret,
        KeyFormat.PLAIN,
        256,
        1 << 20,
        32 << 20,
        Limits.DEFAULT,
        CircuitRule.DEFAULT,
        PoisonRule.DEFAULT);
  }

  public RrrClientConfig with(KeyFormat other) {
    return new RrrClientConfig(
        baseUrl,
        clientId,
        clientSecret,
        other,
        connections,
        largestBody,
        largestLedger,
        limits,
        circuit,
        poison);
  }

  public RrrClientConfig with(Limits other) {
    return new RrrClientConfig(
        baseUrl,
        clientId,
        clientSecret,
        keyFormat,
        connections,
        largestBody,
        largestLedger,
        other,
        circuit,
        poison);
  }

  public RrrClientConfig with(CircuitRule other) {
    return new RrrClientConfig(
        baseUrl,
        clientId,
        clientSecret,
        keyFormat,
        connections,
        largestBody,
        largestLedger,
        limits,
        other,
        poison);
  }

  public RrrClientConfig with(PoisonRule other) {
    return new RrrClientConfig(
        baseUrl,
        clientId,
        clientSecret,
        keyFormat,
        connections,
        largestBody,
        largestLedger,
        limits,
        circuit,
        other);
  }

  public RrrClientConfig withConnections(int other) {
    return new RrrClientConfig(
        baseUrl,
        clientId,
        clientSecret,
        keyFormat,
        other,
        largestBody,
        largestLedger,
        limits,
        circuit,
        poison);
  }

  @Override
  public String toString() {
    return "RrrClientConfig[baseUrl=%s, clientId=%s, clientSecret=***, keyFormat=%s, %s, %s, %s]"
        .formatted(baseUrl, clientId, keyFormat, limits, circuit, poison);
  }

  private static URI checked(URI url) {
    check(url != null && url.isAbsolute() && url.getHost() != null, "RRR's base URL is not a URL");
    var scheme = url.getScheme().toLowerCase(Locale.ROOT);
    check(
        scheme.equals("https") || scheme.equals("http") && loopback(url.getHost()),
        "RRR's base URL must be https (http is for loopback only): "
            + scheme
            + "://"
            + url.getHost());
    check(
        url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null,
        "RRR's base URL must have no user, query or fragment");
    return URI.create(url.toString().replaceAll("/+$", ""));
  }

  private static boolean loopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  private static boolean printable(String text) {
    return text.chars().allMatch(c -> c > 32 && c < 127);
  }

  private static void positive(Duration duration, String name) {
    check(duration.isPositive(), name + " must be positive");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) throw new IllegalArgumentException(otherwise);
  }
}
