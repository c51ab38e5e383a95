package com.xxxchatnow.loyalty.cli.orders;

import picocli.CommandLine.Command;

/** Earning. */
@Command(
    name = "earn",
    description = "Follow a purchase on its way to points, and change how RRR knows our calls.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {EarnWhy.class, EarnIdentity.class})
public final class EarnCommand {}
