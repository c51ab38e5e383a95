package com.xxxchatnow.loyalty.simulator;

import static com.xxxchatnow.loyalty.simulator.Caller.purchase;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinksIT {
  private static final String MEMBER = "4a3c1f0e-0d5e-4f7a-9a63-2f3a5d1f9b10";

  private final Simulator rrr = Simulator.start(SimulatorConfig.defaults());
  private final Caller xcn = new Caller(rrr);

  @AfterEach
  void stop() {
    xcn.close();
    rrr.close();
  }

  @Test
  void every_user_is_linked_to_a_member_of_their_own() {
    var ada = status("ada");

    assertThat(ada.path("linked").asBoolean()).isTrue();
    assertThat(ada.path("rrr_member_id").asText()).isEqualTo(Simulator.memberOf("ada"));
    assertThat(ada.path("link_type").asText()).isEqualTo("MEMBER");
    assertThat(ada.path("linked_at").isTextual()).isTrue();
    assertThat(status("bob").path("rrr_member_id")).isNotEqualTo(ada.path("rrr_member_id"));
    assertThat(status("ada")).isEqualTo(ada);
  }

  @Test
  void users_named_unlinked_are_not() {
    assertThat(status("unlinked-bob"))
        .isEqualTo(Caller.JSON.createObjectNode().put("linked", false));
    assertThat(xcn.get("/v1/links/status").status()).isEqualTo(422);
  }

  @Test
  void an_intent_that_is_confirmed_links_and_the_user_earns() {
    var confirmed = confirm(intent("unlinked-bob"), "unlinked-bob", MEMBER);

    assertThat(confirmed.status()).isEqualTo(200);
    assertThat(status("unlinked-bob").path("rrr_member_id").asText()).isEqualTo(MEMBER);
    var body = purchase("unlinked-bob", "o1", 25);
    body.put("rrr_member_id", MEMBER);
    assertThat(xcn.earn("k", body).status()).isEqualTo(200);
    assertThat(rrr.webhooks()).first().matches(event -> event.body().contains("\"ACTIVE\""));
  }

  @Test
  void a_second_link_on_either_side_is_a_conflict() {
    confirm(intent("unlinked-bob"), "unlinked-bob", MEMBER);

    var sameUser = confirm(intent("unlinked-bob"), "unlinked-bob", UUID.randomUUID().toString());
    var sameMember = confirm(intent("unlinked-cy"), "unlinked-cy", MEMBER);
    var linkedAnyway = confirm(intent("ada"), "ada", UUID.randomUUID().toString());

    assertThat(sameUser.code()).isEqualTo("CONFLICT");
    assertThat(sameMember.code()).isEqualTo("CONFLICT");
    assertThat(linkedAnyway.code()).isEqualTo("CONFLICT");
    assertThat(status("unlinked-cy").path("linked").asBoolean()).isFalse();
  }

  @Test
  void an_unknown_or_late_intent_links_nobody() {
    assertThat(confirm(UUID.randomUUID().toString(), "unlinked-bob", MEMBER).status())
        .isEqualTo(404);
    assertThat(confirm(intent("unlinked-cy"), "unlinked-bob", MEMBER).status()).isEqualTo(404);
    var late = intent("unlinked-bob");
    rrr.advance(Duration.ofMinutes(15));
    assertThat(confirm(late, "unlinked-bob", MEMBER).detail("reason")).isEqualTo("INTENT_EXPIRED");
    assertThat(status("unlinked-bob").path("linked").asBoolean()).isFalse();
  }

  @Test
  void a_user_who_is_unlinked_earns_nothing_more_and_a_webhook_reports_it_as_revoked() {
    xcn.earn("k1", purchase("ada", "o1", 25));
    rrr.unlink("ada");

    assertThat(status("ada").path("linked").asBoolean()).isFalse();
    assertThat(xcn.earn("k2", purchase("ada", "o2", 25)).status()).isEqualTo(404);
    assertThat(xcn.earn("k1", purchase("ada", "o1", 25)).status()).isEqualTo(200);
    assertThat(rrr.webhooks())
        .last()
        .matches(event -> event.eventType().equals("LINK_UPDATED"))
        .matches(event -> event.body().contains("\"REVOKED\""));
  }

  @Test
  void the_ledger_of_a_member_can_be_narrowed_by_type_and_time() {
    xcn.earn("k1", purchase("ada", "o1", 25));
    xcn.earn("k2", purchase("bob", "o2", 25));
    rrr.grant("ada", 5);
    var path = "/v1/members/" + Simulator.memberOf("ada") + "/ledger";
    var tomorrow = rrr.now().plus(Duration.ofDays(1));

    assertThat(xcn.get(path).body()).hasSize(2);
    var earned = xcn.get(path + "?type=EARN").body();
    assertThat(earned).hasSize(1);
    assertThat(earned.path(0).path("source_ref").asText()).isEqualTo("k1");
    assertThat(earned.path(0).path("client_id").asText()).isEqualTo("xcn");
    assertThat(earned.path(0).at("/actor/actor_id").asText()).isEqualTo("xcn");
    assertThat(xcn.get(path + "?to=" + tomorrow).body()).hasSize(2);
    assertThat(xcn.get(path + "?from=" + tomorrow).body()).isEmpty();
    assertThat(xcn.get(path + "?from=yesterday").status()).isEqualTo(422);
    assertThat(xcn.get(path + "?type=GIFT").status()).isEqualTo(422);
    assertThat(xcn.get("/v1/members/" + MEMBER + "/ledger").status()).isEqualTo(404);
    assertThat(xcn.get("/v1/members/ada/wallet").status()).isEqualTo(422);
  }

  private String intent(String user) {
    return xcn.post(
            "/v1/links/intents",
            "intent_" + UUID.randomUUID(),
            Map.of("client_user_id", user, "link_type", "MEMBER"))
        .body()
        .path("intent_id")
        .asText();
  }

  private Caller.Got confirm(String intent, String user, String member) {
    return xcn.post(
        "/v1/links/confirm",
        "confirm_" + UUID.randomUUID(),
        Map.of(
            "intent_id", intent,
            "rrr_member_id", member,
            "client_user_id", user,
            "proof", Map.of("method", "EMAIL_OTP", "assertion", "123456")));
  }

  private JsonNode status(String user) {
    return xcn.get("/v1/links/status?client_user_id=" + user).body();
  }
}
