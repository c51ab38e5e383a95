package com.xxxchatnow.loyalty.kit.settings;

import java.util.List;

/** The configuration is wrong; the message names every fault. */
public final class SettingsException extends RuntimeException {
  SettingsException(List<String> problems) {
    super(
        "The configuration has %d fault%s:\n  - %s"
            .formatted(
                problems.size(), problems.size() == 1 ? "" : "s", String.join("\n  - ", problems)));
  }
}
