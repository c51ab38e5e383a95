package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.command.OperatorOption;
import com.xxxchatnow.loyalty.cli.records.SelectionOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is done with dead letters: with which, by whom, and whether it is done or only shown. */
abstract class DltDecision extends Operation {
  @Parameters(paramLabel = "TOPIC", description = "The dead letter topic.")
  String topic;

  @Mixin SelectionOptions selection;

  @Mixin OperatorOption operator;

  @Option(names = "--execute", description = "Do it. Without it nothing is sent or changed.")
  boolean execute;
}
