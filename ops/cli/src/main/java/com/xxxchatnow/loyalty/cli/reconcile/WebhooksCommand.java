package com.xxxchatnow.loyalty.cli.reconcile;

import picocli.CommandLine.Command;

/** Webhooks of RRR. */
@Command(
    name = "webhooks",
    description = "Make up for webhooks that never came.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = WebhooksBackfill.class)
public final class WebhooksCommand {}
