package com.xxxchatnow.loyalty.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RepairAction;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Data of a person who does not exist, put into every field of every topic that takes text. */
final class Canaries implements AutoCloseable {
  static final String NAME = "Zaphod Beeblebrox";
  static final String EMAIL = "zaphod.beeblebrox@canary.example";
  static final String CARD = "4111111111111111";
  static final String PHONE = "+1 416 555 0199";
  static final String TOKEN = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl";
  static final String ALL =
      String.join(" | ", NAME, EMAIL, CARD, "5500 0000 0000 0004", PHONE, TOKEN);

  /** Found anywhere, in whatever case, one of these is a leak. */
  static final List<String> NEEDLES =
      Stream.of(
              "zaphod",
              "beeblebrox",
              "canary.example",
              CARD,
              "5500 0000 0000 0004",
              "5500000000000004",
              "555 0199",
              "5550199",
              "eyJhbGciOiJIUzI1NiJ9",
              "eyJzdWIiOiJjYW5hcnkifQ",
              "Bearer ",
              SimulatorConfig.defaults().clientSecret(),
              SimulatorConfig.defaults().webhookSecret())
          .map(needle -> needle.toLowerCase(Locale.ROOT))
          .toList();

  /** Topics that are fed bytes which somebody dead-letters. */
  static final List<Topic<?>> UNREADABLE =
      List.of(
          Topics.PURCHASES,
          Topics.REDEMPTION_REQUESTS,
          Topics.PAYMENT_OUTCOMES,
          Topics.REDEMPTION_CALLS,
          Topics.REDEMPTION_REPLIES,
          Topics.REDEMPTION_REPAIRS,
          Topics.WEBHOOKS);

  /** Marks what is fed, for those who search what the services made of it. */
  static final String FED = "fed";

  private final KafkaProducer<byte[], byte[]> producer;
  private final AvroSerdes serdes;
  private final Clock clock;

  Canaries(Addresses addresses, Clock clock) {
    this.clock = clock;
    serdes = new AvroSerdes(addresses.schemaRegistryUrl());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", addresses.bootstrapServers(), "client.id", "canaries"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** The lines of a text in which somebody is named, or a secret is told. */
  static List<String> leaks(String text) {
    return text.lines()
        .filter(line -> NEEDLES.stream().anyMatch(line.toLowerCase(Locale.ROOT)::contains))
        .toList();
  }

  /**
   * Feeds everything, two checkouts among it ({@code checkout-…}), while RRR refuses with all it
   * knows; answers the event_ids of the purchases.
   */
  List<String> everywhere(Strangers rrr) throws IOException, InterruptedException {
    var purchases = new ArrayList<String>();
    for (var status : List.of(400, 403, 404, 409, 422, 500)) {
      rrr.refuses(status, "\"s-" + status);
      purchases.add(purchase("s-" + status + EMAIL, NAME, "USD"));
    }
    purchases.add(senselessPurchase());
    purchases.add(purchase(EMAIL, CARD, "USD"));
    purchases.add(purchase(CARD, PHONE, NAME));
    rrr.refuses(422, "checkout-1");
    checkout("checkout-1" + EMAIL, "USD");
    checkout("checkout-2" + ALL, CARD);
    payment(ALL);
    repair(ALL);
    for (var topic : UNREADABLE) bytes(topic);
    bytes(Topics.LINK_UPDATES);
    bytes(Topics.FLAGS);
    flag(EMAIL, ALL);
    flag("RRR_ROLLOUT_PERCENT", ALL);
    flag("RRR_BETA_USERS", EMAIL + "," + NAME);
    return purchases;
  }

  /** Bytes that nobody can read, under a key and with headers of the same kind. */
  private void bytes(Topic<?> topic) throws InterruptedException {
    send(topic, ALL.getBytes(UTF_8), ALL.getBytes(UTF_8));
  }

  /** Answers its event_id. */
  private String purchase(String order, String user, String currency) throws InterruptedException {
    var purchase =
        PurchaseCompleted.newBuilder()
            .setEventId(UUID.randomUUID() + " " + EMAIL)
            .setOccurredAt(clock.instant())
            .setOrderId(order)
            .setUserId(user)
            .setKind(PurchaseKind.TOKEN_PURCHASE)
            .setCurrency(currency)
            .setAmountMinor(1_000)
            .setMembershipTier(ALL)
            .setMetadata(
                Map.of("email", EMAIL, "name", NAME, "card", CARD, ALL, PHONE, "token", TOKEN))
            .build();
    send(Topics.PURCHASES, user, purchase);
    return purchase.getEventId();
  }

  /** A purchase in which every text is senseless; answers its event_id. */
  private String senselessPurchase() throws InterruptedException {
    var purchase =
        PurchaseCompleted.newBuilder()
            .setEventId(UUID.randomUUID() + " " + EMAIL)
            .setOccurredAt(clock.instant())
            .setOrderId(ALL)
            .setLineId(ALL)
            .setUserId(ALL)
            .setKind(PurchaseKind.MEMBERSHIP_PURCHASE)
            .setCurrency(ALL)
            .setAmountMinor(1_000)
            .setUserTier(ALL)
            .setMembershipTier(ALL)
            .setRrrMemberId(ALL)
            .build();
    send(Topics.PURCHASES, ALL, purchase);
    return purchase.getEventId();
  }

  private void checkout(String order, String currency) throws InterruptedException {
    send(
        Topics.REDEMPTION_REQUESTS,
        order,
        RedemptionRequested.newBuilder()
            .setOrderId(order)
            .setUserId(NAME)
            .setCurrency(currency)
            .setCartTotalMinor(1_000)
            .setItems(List.of(new CartItem(ALL, 1, 1_000L)))
            .setMode(RedemptionMode.MAX)
            .setRequestedAt(clock.instant())
            .build());
  }

  private void payment(String order) throws InterruptedException {
    send(
        Topics.PAYMENT_OUTCOMES,
        order,
        PaymentOutcome.newBuilder()
            .setOrderId(order)
            .setStatus(PaymentStatus.SUCCEEDED)
            .setQuoteId(ALL)
            .setOccurredAt(clock.instant())
            .build());
  }

  private void repair(String order) throws InterruptedException {
    send(
        Topics.REDEMPTION_REPAIRS,
        order,
        RepairRequested.newBuilder()
            .setOrderId(order)
            .setAction(RepairAction.RETRY)
            .setExpectedVersion(1)
            .setOperator(ALL)
            .setNote(ALL)
            .setRequestedAt(clock.instant())
            .build());
  }

  private void flag(String name, String value) throws InterruptedException {
    send(
        Topics.FLAGS,
        name,
        FlagChanged.newBuilder()
            .setName(name)
            .setValue(value)
            .setChangedBy(ALL)
            .setChangedAt(clock.instant())
            .build());
  }

  private <V extends SpecificRecord> void send(Topic<V> topic, String key, V value)
      throws InterruptedException {
    try (var serializer = serdes.<V>serializer()) {
      send(topic, key.getBytes(UTF_8), serializer.serialize(topic.name(), value));
    }
  }

  private void send(Topic<?> topic, byte[] key, byte[] value) throws InterruptedException {
    var record = new ProducerRecord<>(topic.name(), key, value);
    for (var header : List.of(FED, "x-request-trace", "traceparent", "tracestate", "note"))
      record.headers().add(header, ALL.getBytes(UTF_8));
    try {
      producer.send(record).get();
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the broker did not take a record", failed.getCause());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
