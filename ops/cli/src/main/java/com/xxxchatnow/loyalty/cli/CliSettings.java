package com.xxxchatnow.loyalty.cli;

import java.util.Map;

/** The one place of the command line that reads the environment. */
final class CliSettings {
  private CliSettings() {}

  static Map<String, String> environment() {
    return System.getenv();
  }
}
