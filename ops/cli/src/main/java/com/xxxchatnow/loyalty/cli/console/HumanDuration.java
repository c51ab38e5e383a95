package com.xxxchatnow.loyalty.cli.console;

import java.time.Duration;

/** Durations as an operator says them. */
public final class HumanDuration {
  private HumanDuration() {}

  /** The two largest units: {@code 3d 4h}, {@code 5m 10s}, {@code 0s}. */
  public static String text(Duration age) {
    var time = age.isNegative() ? Duration.ZERO : age;
    if (time.toDays() > 0) return "%dd %dh".formatted(time.toDays(), time.toHoursPart());
    if (time.toHours() > 0) return "%dh %dm".formatted(time.toHours(), time.toMinutesPart());
    if (time.toMinutes() > 0) return "%dm %ds".formatted(time.toMinutes(), time.toSecondsPart());
    return time.toSeconds() + "s";
  }
}
