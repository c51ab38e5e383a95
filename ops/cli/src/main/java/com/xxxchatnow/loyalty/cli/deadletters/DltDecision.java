package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.command.OperatorOption;
import com.xxxchatnow.loyalty.cli.records.SelectionOptions;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
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

  /**
   * @throws com.xxxchatnow.loyalty.cli.console.UserError when the topic is one that services read:
   *     a record that was replayed carries the headers of its dead letter there
   */
  static void notASource(String topic) {
    if (Topics.RECORDS.stream().anyMatch(each -> each.name().equals(topic)))
      throw usage(
          "%s is not a dead letter topic; its dead letters are in %s",
          topic, topic + Topic.DEAD_LETTER_SUFFIX);
  }
}
