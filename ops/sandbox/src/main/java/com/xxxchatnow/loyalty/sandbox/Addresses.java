package com.xxxchatnow.loyalty.sandbox;

import java.net.URI;
import java.util.List;

/** Where everything listens, in a sandbox of its own or elsewhere. */
record Addresses(
    String bootstrapServers,
    String schemaRegistryUrl,
    URI rrr,
    URI webhooks,
    URI queries,
    List<URI> admins) {

  /** What a newcomer may want to paste. */
  String describe() {
    return """
    Everything runs; Ctrl-C ends it.
      Kafka              %s
      schema registry    %s
      RRR (simulator)    %s        its ledger: curl -s %s/admin/ledger
      webhooks           %s
      redemptions        %s        curl -s %s/redemptions/c-1
      admin              %s

    Try (from the repository's folder):
      npm install --prefix ops/node-example
      KAFKA_BOOTSTRAP_SERVERS=%s SCHEMA_REGISTRY_URL=%s node ops/node-example/purchase.mjs
      curl -s %s/admin/faults -d '{"fault": "outage", "for_millis": 20000}'        RRR is down for 20 s
    """
        .formatted(
            bootstrapServers,
            schemaRegistryUrl,
            rrr,
            rrr,
            webhooks,
            queries,
            queries,
            String.join("  ", admins.stream().map(uri -> uri + "/metrics").toList()),
            bootstrapServers,
            schemaRegistryUrl,
            rrr);
  }
}
