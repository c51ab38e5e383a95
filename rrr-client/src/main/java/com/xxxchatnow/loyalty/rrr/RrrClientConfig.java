package com.xxxchatnow.loyalty.rrr;

import com.xxxchatnow.loyalty.rrr.api.KeyFormat;
import io.github.resilience4j.core.IntervalFunction;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * The client's checked configuration: HTTPS only, except on loopback.
 *
 * @param baseUrl without {@code /v1}, as in {@code RRR_API_BASE_URL}
 * @param connections at once, no fewer than calls in flight, because waiting for one is part of an
 *     attempt's time
 * @param maxBody how many bytes of an answer are read; a longer one counts as no answer
 * @param maxLedger the same for the ledger, whose answers grow with the time asked for
 */
public record RrrClientConfig(
    URI baseUrl,
    String clientId,
    String clientSecret,
    KeyFormat keyFormat,
    int connections,
    int maxBody,
    int maxLedger,
    Limits limits,
    CircuitRule circuit,
    PoisonRule poison) {

  /**
   * Times of an attempt and between attempts.
   *
   * @param connect to reach RRR
   * @param attempt one attempt from first to last byte, however slowly it drips
   * @param firstPause before the second attempt; doubles from there, half of it is chance
   * @param maxPause between two attempts
   * @param idleConnection after which a connection is closed
   * @param connectionAge after which a connection is not used again, so that DNS changes arrive
   * @param maxRetryAfter how far a {@code Retry-After} is believed
   */
  public record Limits(
      Duration connect,
      Duration attempt,
      Duration firstPause,
      Duration maxPause,
      Duration idleConnection,
      Duration connectionAge,
      Duration maxRetryAfter) {
    private static final double RANDOM_PART = 0.5;

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
      positive(maxPause, "maxPause");
      positive(idleConnection, "idleConnection");
      positive(connectionAge, "connectionAge");
      positive(maxRetryAfter, "maxRetryAfter");
    }

    /** As much of a {@code Retry-After} (or null) as is believed. */
    Duration believed(Duration retryAfter) {
      if (retryAfter == null) return Duration.ZERO;
      return retryAfter.compareTo(maxRetryAfter) > 0 ? maxRetryAfter : retryAfter;
    }

    /** The pause before each further attempt, in milliseconds. */
    IntervalFunction pauses() {
      return IntervalFunction.ofExponentialRandomBackoff(firstPause, 2, RANDOM_PART, maxPause);
    }
  }

  /**
   * When RRR counts as down for an operation: {@code failurePercent} of the operation's last {@code
   * window} attempts failed, of {@code atLeast} at least. Then nothing is sent for {@code openFor},
   * then one probe.
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
   * When a call that keeps failing is refused although RRR never refused it. See {@link
   * PoisonCallDetector}.
   *
   * @param answers how often the call was answered with a failure, other calls of the same
   *     operation succeeding in between
   * @param others how many of those succeeded since the first failure, when no other call keeps
   *     failing; each one that does makes four times as many necessary. In an outage for one user
   *     in a hundred, 1,000 calls see ten others that fail
   * @param time how long after its first failure the call is refused at the earliest
   */
  public record PoisonRule(int answers, int others, Duration time) {
    public static final PoisonRule DEFAULT = new PoisonRule(8, 1_000, Duration.ofSeconds(60));

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
    check(maxBody > 0 && maxLedger > 0, "limits of bodies must be positive");
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
    return with(other, connections, limits, circuit, poison);
  }

  public RrrClientConfig with(Limits other) {
    return with(keyFormat, connections, other, circuit, poison);
  }

  public RrrClientConfig with(CircuitRule other) {
    return with(keyFormat, connections, limits, other, poison);
  }

  public RrrClientConfig with(PoisonRule other) {
    return with(keyFormat, connections, limits, circuit, other);
  }

  public RrrClientConfig withConnections(int other) {
    return with(keyFormat, other, limits, circuit, poison);
  }

  private RrrClientConfig with(
      KeyFormat keys, int most, Limits times, CircuitRule circuits, PoisonRule poisons) {
    return new RrrClientConfig(
        baseUrl, clientId, clientSecret, keys, most, maxBody, maxLedger, times, circuits, poisons);
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
        scheme.equals("https") || (scheme.equals("http") && loopback(url.getHost())),
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
