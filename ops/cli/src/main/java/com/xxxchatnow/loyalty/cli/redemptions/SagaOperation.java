package com.xxxchatnow.loyalty.cli.redemptions;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Operation;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import java.util.Map;
import picocli.CommandLine.Option;

/** A command that asks the saga. */
abstract class SagaOperation extends Operation {
  @Option(
      names = "--redemption-api-url",
      paramLabel = "URL",
      description = "The saga's queries. Environment: REDEMPTION_API_URL.")
  private String url;

  @Override
  public void override(Map<String, String> environment) {
    super.override(environment);
    put(environment, Setting.REDEMPTION_API_URL, url);
  }

  static SagaApi saga(Clients clients) {
    var api = new SagaApi(clients.settings().uri(Setting.REDEMPTION_API_URL));
    clients.settings().check();
    return api;
  }

  static JsonNode find(Clients clients, String orderId) throws InterruptedException {
    return saga(clients)
        .find(orderId)
        .orElseThrow(() -> UserError.refused("the saga knows no order " + orderId));
  }
}
