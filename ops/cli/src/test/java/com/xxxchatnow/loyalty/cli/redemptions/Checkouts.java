package com.xxxchatnow.loyalty.cli.redemptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.xxxchatnow.loyalty.cli.CliFixture;
import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.redemption.RedemptionSaga;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.CommitRequest;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.rrr.api.Quote;
import com.xxxchatnow.loyalty.rrr.api.QuoteRequest;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import com.xxxchatnow.loyalty.webhook.WebhookIngress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Checkouts of 500 points with the real saga, whose webhooks the real ingress takes. */
final class Checkouts implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final CliFixture world;
  private final Service saga;
  private final Service ingress;

  /**
   * @param state where their stores lie
   */
  Checkouts(CliFixture world, Path state) {
    this.world = world;
    saga =
        RedemptionSaga.start(
            world.service(
                Map.of(
                    "REDEMPTION_STATE_DIR",
                    state.resolve("saga").toString(),
                    "REDEMPTION_QUOTE_TIMEOUT",
                    "60s")),
            Clock.systemUTC());
    ingress =
        WebhookIngress.start(
            world.service(
                Map.of(
                    "WEBHOOK_STATE_DIR", state.resolve("router").toString(),
                    "RRR_WEBHOOK_SECRET", SimulatorConfig.defaults().webhookSecret())));
    await().atMost(PATIENCE).until(() -> ready(saga) && ready(ingress));
  }

  /** Where the saga answers queries. */
  String queries() {
    return info(saga, "queries");
  }

  /** Where webhooks are taken. */
  URI webhooks() {
    return URI.create(info(ingress, "webhooks"));
  }

  /** A paid checkout of 500 points whose member has lost them meanwhile. */
  RedemptionStatusChanged commitFails(String order, String user) {
    world.rrr().setBalance(user, 1_000);
    requests(order, user);
    var quoted = awaits(order, RedemptionStatus.QUOTED);
    world.rrr().setBalance(user, 0);
    pays(order, PaymentStatus.SUCCEEDED, quoted.getQuoteId());
    return awaits(order, RedemptionStatus.COMMIT_FAILED);
  }

  /** A paid checkout of 500 points. */
  void burns(String order, String user) {
    world.rrr().grant(user, 1_000);
    requests(order, user);
    pays(order, PaymentStatus.SUCCEEDED, awaits(order, RedemptionStatus.QUOTED).getQuoteId());
    awaits(order, RedemptionStatus.COMMITTED);
  }

  /** A burn that the saga knows nothing of. */
  void burnsUnannounced(String order, String user) throws InterruptedException {
    var member = Simulator.memberOf(user);
    world.rrr().grant(user, 1_000);
    try (var rrr = world.client()) {
      var request =
          new QuoteRequest(user, member, "CAD", 5_000, List.of(), QuoteRequest.Mode.EXACT, 500L);
      var quote =
          ((Outcome.Done<Quote>)
                  rrr.quote(
                      request, CallOptions.untilAnswered("quote_" + order, UUID.randomUUID())))
              .value();
      assertThat(
              rrr.commit(
                  new CommitRequest(quote.quoteId(), order, user, member, quote.expiresAt()),
                  CallOptions.untilAnswered("commit_" + order, UUID.randomUUID())))
          .isInstanceOf(Outcome.Done.class);
    }
  }

  void requests(String order, String user) {
    world.publish(
        Topics.REDEMPTION_REQUESTS,
        order,
        RedemptionRequested.newBuilder()
            .setOrderId(order)
            .setUserId(user)
            .setCurrency("CAD")
            .setCartTotalMinor(5_000)
            .setItems(List.of(new CartItem("tokens", 1, 5_000L)))
            .setMode(RedemptionMode.EXACT)
            .setPoints(500L)
            .setRequestedAt(Instant.now())
            .build());
    world.flush();
  }

  void pays(String order, PaymentStatus status, String quote) {
    world.publish(
        Topics.PAYMENT_OUTCOMES,
        order,
        PaymentOutcome.newBuilder()
            .setOrderId(order)
            .setStatus(status)
            .setQuoteId(quote)
            .setOccurredAt(Instant.now())
            .build());
    world.flush();
  }

  /** The newest announcement of the order, once it says so. */
  RedemptionStatusChanged awaits(String order, RedemptionStatus status) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                world.values(Topics.REDEMPTIONS).stream()
                    .filter(each -> each.getOrderId().equals(order))
                    .reduce((_, last) -> last)
                    .orElse(null),
            last -> last != null && last.getStatus() == status);
  }

  /** What RRR has booked for the order. */
  List<Long> booked(String order) {
    return world.rrr().ledger().stream()
        .filter(entry -> order.equals(entry.orderId()))
        .map(LedgerEntry::pointsDelta)
        .toList();
  }

  @Override
  public void close() {
    ingress.close();
    saga.close();
  }

  private static boolean ready(Service service) throws IOException {
    var url = "http://127.0.0.1:%d/health/ready".formatted(service.adminPort());
    var asked = (HttpURLConnection) URI.create(url).toURL().openConnection();
    try {
      return asked.getResponseCode() == HttpURLConnection.HTTP_OK;
    } finally {
      asked.disconnect();
    }
  }

  /** What a service tells of itself. */
  private static String info(Service service, String name) {
    var url = "http://127.0.0.1:%d/info".formatted(service.adminPort());
    try (var info = URI.create(url).toURL().openStream()) {
      return new ObjectMapper().readTree(info).path(name).asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
