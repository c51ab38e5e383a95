package com.xxxchatnow.loyalty.simulator;

import static com.xxxchatnow.loyalty.simulator.Caller.purchase;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig.Signature;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.webhooks.WebhookDelivery;
import com.xxxchatnow.loyalty.simulator.webhooks.WebhookDelivery.State;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntUnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhooksIT {
  private record Received(byte[] body, Headers headers, String path) {
    String eventId() {
      return field("event_id");
    }

    String field(String name) {
      return Json.read(body).path(name).asText();
    }
  }

  private final List<Received> received = new CopyOnWriteArrayList<>();
  private HttpServer xcn;
  private volatile IntUnaryOperator answers = n -> 200;

  @BeforeEach
  void listen() throws IOException {
    listen(0);
  }

  private void listen(int port) throws IOException {
    xcn = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    xcn.createContext(
        "/",
        exchange -> {
          try (exchange) {
            received.add(
                new Received(
                    exchange.getRequestBody().readAllBytes(),
                    exchange.getRequestHeaders(),
                    exchange.getRequestURI().toString()));
            exchange.sendResponseHeaders(answers.applyAsInt(received.size()), -1);
          }
        });
    xcn.start();
  }

  @AfterEach
  void stop() {
    xcn.stop(0);
  }

  @Test
  void posted_points_are_announced_with_a_signature_over_the_raw_bytes() throws Exception {
    try (var rrr = Simulator.start(config())) {
      earn(rrr, 1);
      await().until(() -> received.size() == 1);

      var event = received.getFirst();
      assertThat(event.headers().getFirst("X-RRR-Signature")).isEqualTo(hmac(event.body()));
      assertThat(event.field("event_type")).isEqualTo("POINTS_POSTED");
      var data = Json.read(event.body()).path("data");
      assertThat(data.path("member_id").asText()).isEqualTo(Simulator.memberOf("ada"));
      assertThat(data.path("points_delta").asLong()).isEqualTo(1);
      assertThat(data.path("source_ref").asText()).isEqualTo("k0");
      assertThat(data.path("ledger_entry_id").asText())
          .isEqualTo(rrr.ledger().getFirst().entryId());
      await().until(() -> rrr.webhooks().getFirst().state() == State.DELIVERED);
      assertThat(rrr.webhooks().getFirst().deliveredAt()).isNotNull();
    }
  }

  @Test
  void the_envelope_signs_method_path_time_nonce_and_body() throws Exception {
    try (var rrr = Simulator.start(config().withWebhookSignature(Signature.ENVELOPE))) {
      answers = n -> n == 1 ? 503 : 200;
      earn(rrr, 1);
      await().until(() -> received.size() == 2);

      for (var event : received) {
        var h = event.headers();
        var digest =
            HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(event.body()));
        var signed =
            String.join(
                "\n",
                "POST",
                "/hooks?from=rrr",
                h.getFirst("X-RRR-Timestamp"),
                h.getFirst("X-RRR-Nonce"),
                digest);
        assertThat(h.getFirst("X-RRR-Signature")).isEqualTo(hmac(signed.getBytes(UTF_8)));
        assertThat(h.getFirst("X-RRR-Key-Id")).isNotBlank();
        assertThat(h.getFirst("X-RRR-Tenant")).isNotBlank();
      }
      assertThat(received.get(0).headers().getFirst("X-RRR-Nonce"))
          .isEqualTo(received.get(1).headers().getFirst("X-RRR-Nonce"));
    }
  }

  @Test
  void an_event_is_sent_again_until_it_is_accepted() {
    try (var rrr = Simulator.start(config())) {
      answers = n -> n == 1 ? 500 : n == 2 ? 302 : 204;
      earn(rrr, 1);
      await().until(() -> rrr.webhooks().getFirst().state() == State.DELIVERED);

      assertThat(received).hasSize(3);
      assertThat(received).extracting(Received::eventId).containsOnly(received.get(0).eventId());
      assertThat(received.get(2).body()).isEqualTo(received.get(0).body());
      assertThat(rrr.webhooks().getFirst().attempts()).isEqualTo(3);
    }
  }

  @Test
  void after_the_last_delay_it_gives_up() {
    try (var rrr = Simulator.start(config())) {
      answers = n -> 401;
      earn(rrr, 1);
      await().until(() -> rrr.webhooks().getFirst().state() == State.GAVE_UP);
      assertThat(received).hasSize(4);
      assertThat(rrr.webhooks().getFirst().lastStatus()).isEqualTo(401);
    }
  }

  @Test
  void a_listener_that_was_down_gets_the_event_when_it_is_back() throws IOException {
    var url = url();
    xcn.stop(0);
    try (var rrr =
        Simulator.start(
            config()
                .withWebhookUrl(url)
                .withWebhookRetryDelays(Duration.ofMillis(300), Duration.ofSeconds(3)))) {
      earn(rrr, 1);
      await().until(() -> rrr.webhooks().getFirst().attempts() == 1);
      assertThat(rrr.webhooks().getFirst().lastStatus()).isZero();
      assertThat(rrr.webhooks().getFirst().state()).isEqualTo(State.WAITING);

      listen(url.getPort());
      await().until(() -> rrr.webhooks().getFirst().state() == State.DELIVERED);
    }
  }

  @Test
  void events_of_a_member_come_in_order_and_some_twice_when_asked() {
    try (var rrr = Simulator.start(config().withWebhookDuplicates(0.5))) {
      earn(rrr, 40);
      await()
          .until(() -> rrr.webhooks().stream().allMatch(event -> event.state() == State.DELIVERED));
      await().until(() -> received.size() > 50);

      var seen = new HashSet<String>();
      var firsts = received.stream().map(Received::eventId).filter(seen::add).toList();
      assertThat(firsts).isEqualTo(rrr.webhooks().stream().map(WebhookDelivery::eventId).toList());
      assertThat(received.size()).isBetween(50, 70);
    }
  }

  @Test
  void scrambled_events_all_come_in_another_order() {
    try (var rrr = Simulator.start(config().withWebhookScrambled(true))) {
      earn(rrr, 40);
      await().until(() -> received.size() == 40);
      var sent = rrr.webhooks().stream().map(WebhookDelivery::eventId).toList();
      assertThat(received)
          .extracting(Received::eventId)
          .containsExactlyInAnyOrderElementsOf(sent)
          .isNotEqualTo(sent);
    }
  }

  @Test
  void without_an_address_events_are_recorded_and_any_event_can_be_sent_later() {
    try (var rrr = Simulator.start(SimulatorConfig.defaults())) {
      earn(rrr, 1);
      assertThat(rrr.webhooks()).singleElement().matches(event -> event.state() == State.UNSENT);

      rrr.webhookUrl(url());
      rrr.emit("SOMETHING_NEW", Map.of("x", 1));
      await().until(() -> received.size() == 1);
      assertThat(received.getFirst().field("event_type")).isEqualTo("SOMETHING_NEW");
    }
  }

  private SimulatorConfig config() {
    return SimulatorConfig.defaults()
        .withWebhookUrl(url())
        .withWebhookSecret("s3cret")
        .withWebhookRetryDelays(Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(20));
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + xcn.getAddress().getPort() + "/hooks?from=rrr");
  }

  private static void earn(Simulator rrr, int times) {
    try (var caller = new Caller(rrr)) {
      for (var i = 0; i < times; i++) caller.earn("k" + i, purchase("ada", "o" + i, 1));
    }
  }

  private static String hmac(byte[] message) throws Exception {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("s3cret".getBytes(UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(message));
  }
}
