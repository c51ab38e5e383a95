package com.xxxchatnow.loyalty.kit.settings;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a service's configuration from the environment and collects every fault, so that an
 * operator corrects all of them at once. A getter returns a harmless value where the variable is
 * faulty; {@link #check()} then throws.
 */
public final class Settings {
  private static final Set<String> NAMES =
      Arrays.stream(Setting.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());
  private static final Pattern OURS = Pattern.compile("(RRR|EARN|REDEMPTION|WEBHOOK)_.*");

  private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private final Map<String, String> env;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, String> effective = new TreeMap<>();

  private Settings(Map<String, String> env) {
    this.env = env;
    env.keySet().stream()
        .filter(name -> OURS.matcher(name).matches() && !NAMES.contains(name))
        .filter(name -> !ServiceLinks.isOne(name, env.get(name)))
        .sorted()
        .forEach(name ->
            problem(name + " is not a setting of the loyalty pipeline: correct or unset it"));
  }

  public static Settings of(Map<String, String> env) {
    return new Settings(env);
  }

  /** The process's own environment: the only place that reads it. */
  public static Settings ofEnvironment() {
    return of(System.getenv());
  }

  /** The value, or the catalogue's default; a fault when neither is there. */
  public String text(Setting setting) {
    return text(setting, setting.defaultValue());
  }

  /** The value, or this service's default; a fault when neither is there. */
  public String text(Setting setting, String defaultValue) {
    var value = given(setting);
    if (value == null) value = defaultValue;
    if (value == null) problem(setting + " is required: " + setting.meaning());
    return effective(setting, value == null ? "" : value);
  }

  /** A whole number from {@code min} to {@code max}. */
  public int integer(Setting setting, int defaultValue, int min, int max) {
    checkNotBlank(setting);
    return parsed(
        setting,
        Integer.toString(defaultValue),
        defaultValue,
        "a whole number from %d to %d".formatted(min, max),
        text -> {
          var number = Integer.parseInt(text);
          return number >= min && number <= max ? number : null;
        });
  }

  /** {@code true} or {@code false}. */
  public boolean flag(Setting setting) {
    checkNotBlank(setting);
    return parsed(
        setting,
        setting.defaultValue(),
        true,
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            });
  }

  /** One of the given words. */
  public String oneOf(Setting setting, String... words) {
    return parsed(
        setting,
        setting.defaultValue(),
        words[0],
        "one of " + String.join(", ", words),
        text -> List.of(words).contains(text) ? text : null);
  }

  /** As {@link #uri}, or null when not set. */
  public URI optionalUri(Setting setting) {
    return given(setting) == null ? null : uri(setting);
  }

  /** An absolute http or https address without a user, and without a trailing slash. */
  public URI uri(Setting setting) {
    return parsed(
        setting,
        setting.defaultValue(),
        URI.create("http://127.0.0.1"),
        "an http or https address without user and password",
        text -> {
          var uri = URI.create(text.replaceAll("/+$", ""));
          var http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
          return http && uri.getHost() != null && uri.getRawUserInfo() == null ? uri : null;
        });
  }

  /** A duration such as {@code 250ms}, {@code 30s}, {@code 5m}, {@code 25h} or ISO-8601. */
  public Duration duration(Setting setting, Duration defaultValue) {
    return parsed(
        setting,
        defaultValue.toString(),
        defaultValue,
        "a duration such as 250ms, 30s, 5m or 25h",
        text -> {
          var matcher = SHORT_DURATION.matcher(text);
          if (!matcher.matches()) return Duration.parse(text);
          var amount = Long.parseLong(matcher.group(1));
          return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
          };
        });
  }

  /** An instant such as {@code 2026-12-01T05:00:00Z}, or null when not set. */
  public Instant optionalInstant(Setting setting) {
    if (given(setting) == null) return null;
    return parsed(
        setting,
        null,
        Instant.EPOCH,
        "an instant with an offset such as 2026-12-01T05:00:00Z",
        text -> OffsetDateTime.parse(text).toInstant());
  }

  /** A readable file, or null when not set. */
  public Path path(Setting setting) {
    var value = given(setting);
    if (value == null) return null;
    var path = Path.of(effective(setting, value));
    if (!Files.isReadable(path)) problem(setting + " names a file that can't be read: " + value);
    return path;
  }

  /** A required secret. */
  public Secret secret(Setting setting) {
    return new Secret(text(setting));
  }

  /** At least one secret, comma-separated; a fault when there are only commas and blanks. */
  public List<Secret> secrets(Setting setting) {
    var text = text(setting);
    var secrets = words(text).map(Secret::new).toList();
    if (secrets.isEmpty() && !text.isEmpty())
      problem(setting + " must hold at least one secret, but holds only commas");
    return secrets;
  }

  /** Words, comma-separated; blanks around them are dropped. */
  public Set<String> set(Setting setting) {
    return words(text(setting)).collect(Collectors.toUnmodifiableSet());
  }

  /** What has been read so far, defaults included, by name; what is hidden as {@code ***}. */
  public Map<String, String> effective() {
    return Map.copyOf(effective);
  }

  /** Adds a fault that only the service can see. */
  public void problem(String fault) {
    problems.add(fault);
  }

  /**
   * To be called when everything has been read.
   *
   * @throws SettingsException naming every fault
   */
  public void check() {
    if (!problems.isEmpty()) throw new SettingsException(problems);
  }

  /** An unset variable of somebody's shell must not switch on what its value switched off. */
  private void checkNotBlank(Setting setting) {
    var value = env.get(setting.name());
    if (value != null && value.isBlank())
      problem(setting + " is set but empty: give it a value, or unset it");
  }

  private String given(Setting setting) {
    var value = env.get(setting.name());
    return value == null || value.isBlank() ? null : value.strip();
  }

  private <T> T parsed(
      Setting setting, String defaultText, T harmless, String what, Function<String, T> parse) {
    var text = given(setting);
    if (text == null) text = defaultText;
    if (text == null) {
      problem(setting + " is required: " + setting.meaning());
      return harmless;
    }
    T value = null;
    try {
      value = parse.apply(text);
    } catch (IllegalArgumentException | DateTimeParseException notParsed) {
      // The problem below says all there is to say.
      value = null;
    }
    // Who writes an address with a password may write it anywhere.
    if (value == null)
      problem(setting + " must be " + what + ", but is " + (text.contains("@") ? "***" : text));
    effective(setting, text);
    return value == null ? harmless : value;
  }

  private String effective(Setting setting, String value) {
    effective.put(setting.name(), setting.shown(value));
    return value;
  }

  private static java.util.stream.Stream<String> words(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).filter(word -> !word.isEmpty());
  }
}
