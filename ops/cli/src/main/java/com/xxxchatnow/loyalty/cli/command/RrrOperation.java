package com.xxxchatnow.loyalty.cli.command;

import com.xxxchatnow.loyalty.kit.settings.Setting;
import java.util.Map;
import picocli.CommandLine.Option;

/** A command that asks RRR for many members, at a rate of its own. */
public abstract class RrrOperation extends Operation {
  @Option(
      names = "--rps",
      paramLabel = "N",
      description =
          "Calls to RRR a second; default 5. They are taken from RRR's 100. Environment:"
              + " RRR_RATE_LIMIT_RPS.")
  private Integer rps;

  @Override
  public void override(Map<String, String> environment) {
    super.override(environment);
    put(environment, Setting.RRR_RATE_LIMIT_RPS, rps);
  }
}
