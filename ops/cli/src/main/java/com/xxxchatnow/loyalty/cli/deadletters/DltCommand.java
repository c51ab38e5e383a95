package com.xxxchatnow.loyalty.cli.deadletters;

import picocli.CommandLine.Command;

/** Dead letters: of this project, of Spring, Kafka Connect and Kafka Streams. */
@Command(
    name = "dlt",
    description = "Look at dead letters, replay them or let them be.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DltList.class, DltShow.class, DltReplay.class, DltDiscard.class, DltWatch.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  loyalty dlt list",
      "  loyalty dlt show payments.purchases.v1.dlt 3:1042",
      "  loyalty dlt replay payments.purchases.v1.dlt --reason DISABLED            what would"
          + " happen",
      "  loyalty dlt replay payments.purchases.v1.dlt --reason DISABLED --execute  do it"
    })
public final class DltCommand {}
