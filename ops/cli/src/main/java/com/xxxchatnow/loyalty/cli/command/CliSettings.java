package com.xxxchatnow.loyalty.cli.command;

import java.util.Map;

/** The one place of the command line that reads the environment. */
public final class CliSettings {
  private CliSettings() {}

  public static Map<String, String> environment() {
    return System.getenv();
  }
}
