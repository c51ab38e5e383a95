package com.xxxchatnow.loyalty.cli.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.cli.Cli;
import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Stop;
import com.xxxchatnow.loyalty.cli.console.ExitCode;
import com.xxxchatnow.loyalty.cli.topics.Registration.Verdict;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topics;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemasIT {
  private static final String ONE_FIELD =
      "{'type':'record','name':'A','fields':[{'name':'x','type':'string'}]}".replace('\'', '"');
  private static final String AN_OPTIONAL_MORE =
      ONE_FIELD.replace("]}", ",{\"name\":\"y\",\"type\":\"string\",\"default\":\"\"}]}");
  private static final String A_REQUIRED_MORE =
      ONE_FIELD.replace("]}", ",{\"name\":\"z\",\"type\":\"string\"}]}");

  @Test
  void the_catalogue_is_registered_and_then_its_records_can_be_written() {
    var first = Cli.shared().run("schemas", "register");
    assertThat(first.code()).as(first.toString()).isEqualTo(ExitCode.OK);

    assertThat(Cli.shared().run("schemas", "register").out())
        .isEqualTo("Registered: 0; the others were there.\n");
    assertThat(Cli.shared().run("schemas", "check").code()).isEqualTo(ExitCode.OK);
    assertThat(
            new AvroSerdes(LocalRegistry.shared().url())
                .serializer()
                .serialize(Topics.PURCHASES.name(), purchase()))
        .isNotEmpty();
  }

  @Test
  void versions_are_registered_in_order_and_the_next_ones_are_checked() throws Exception {
    try (var clients = clients()) {
      var registry = clients.registry();
      var two = new Subject("it-order-value", List.of(ONE_FIELD, AN_OPTIONAL_MORE));
      assertThat(Registration.register(registry, List.of(two)))
          .containsExactly("it-order-value version 1", "it-order-value version 2");

      var three = new Subject("it-order-value", List.of(ONE_FIELD, A_REQUIRED_MORE));
      assertThat(Registration.check(registry, List.of(three)))
          .extracting(Registration.Check::verdict)
          .containsExactly(Verdict.REGISTERED, Verdict.INCOMPATIBLE, Verdict.FOREIGN);
      assertThatThrownBy(() -> Registration.register(registry, List.of(three)))
          .isInstanceOf(RestClientException.class);
      assertThat(registry.getAllVersions("it-order-value")).hasSize(2);

      var older = new Subject("it-order-value", List.of(ONE_FIELD));
      var checks = Registration.check(registry, List.of(older));
      assertThat(checks)
          .extracting(Registration.Check::verdict)
          .containsExactly(Verdict.REGISTERED, Verdict.FOREIGN);
      assertThat(SchemasCommand.Check.code(checks)).isEqualTo(ExitCode.DIFFERENT);
    }
  }

  @Test
  void a_registry_that_is_away_is_one_line() {
    var answer =
        Cli.offline().run("schemas", "check", "--schema-registry-url", "http://127.0.0.1:1");

    assertThat(answer.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(answer.err()).startsWith("loyalty: no connection").hasLineCount(1);
  }

  private static Clients clients() {
    return new Clients(
        Settings.of(Map.of("SCHEMA_REGISTRY_URL", LocalRegistry.shared().url())), new Stop());
  }

  private static PurchaseCompleted purchase() {
    return PurchaseCompleted.newBuilder()
        .setEventId("e-1")
        .setOccurredAt(Instant.parse("2026-11-22T12:00:00Z"))
        .setOrderId("o-1")
        .setUserId("u-1")
        .setKind(PurchaseKind.TOKEN_PURCHASE)
        .setCurrency("USD")
        .setAmountMinor(1_000)
        .build();
  }
}
