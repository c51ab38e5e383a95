package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower;
import com.xxxchatnow.loyalty.kit.follower.TopicFollower.From;
import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import com.xxxchatnow.loyalty.simulator.ledger.RedemptionOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.awaitility.Awaitility;

/**
 * Purchases and checkouts, one of each every few milliseconds, and customers who pay or cancel what
 * was quoted: judged by RRR's ledger.
 */
final class UpgradeLoad implements AutoCloseable {
  private static final long EVERY_MILLIS = 100;
  private static final int USERS = 40;

  /** In minor units; a point is worth one. */
  private static final long CART = 5_000;

  private static final long POINTS = 100;
  private static final Set<RedemptionStatus> ENDS =
      Set.of(RedemptionStatus.REJECTED, RedemptionStatus.COMMITTED, RedemptionStatus.REVERSED);

  private final Addresses addresses;
  private final Publisher publisher;
  private final Map<String, List<RedemptionStatusChanged>> announced = new ConcurrentHashMap<>();
  private final Set<String> earned = ConcurrentHashMap.newKeySet();
  private final AtomicInteger published = new AtomicInteger();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<TopicFollower> followers;

  UpgradeLoad(Addresses addresses) {
    this.addresses = addresses;
    publisher = new Publisher(addresses);
    followers =
        List.of(
            follow(Topics.REDEMPTIONS, this::announced),
            follow(Topics.EARN_RESULTS, result -> earned.add(result.getOrderId())));
    clock.scheduleAtFixedRate(this::publish, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** How many purchases and as many checkouts there are by now. */
  int published() {
    return published.get();
  }

  /** Nothing more is bought. */
  void stop() throws InterruptedException {
    clock.shutdown();
    assertThat(clock.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
  }

  /** Waits until all that is published now is decided. */
  void awaitDecided(Duration atMost) {
    var now = published();
    Awaitility.await()
        .atMost(atMost)
        .untilAsserted(() -> {
          assertThat(open(now)).as("checkouts without an end").isEmpty();
          assertThat(unearned(now)).as("purchases without a result").isEmpty();
        });
  }

  /** To be asked after {@link #stop()}. */
  void awaitAllDecided(Duration atMost) {
    awaitDecided(atMost);
  }

  /** Nothing was lost, doubled or dead-lettered, whichever release did it. */
  void judge(Simulator rrr) {
    assertThat(Records.of(addresses, Topics.DEAD_LETTERS))
        .extracting(letter -> letter.topic() + ": " + Records.header(letter, "dlt.detail"))
        .isEmpty();
    var earns = perOrder(rrr, LedgerEntry.Type.EARN);
    var results =
        all(Topics.EARN_RESULTS).stream()
            .collect(Collectors.groupingBy(EarnResult::getOrderId, Collectors.toList()));
    for (var i = 0; i < published(); i++) {
      assertThat(earns.get("p-" + i)).as("earns of p-%d at RRR", i).isEqualTo(1);
      assertThat(results.get("p-" + i))
          .extracting(EarnResult::getStatus)
          .containsExactly(EarnStatus.EARNED);
      judgeCheckout(i, rrr);
    }
    var posted = all(Topics.POINTS_POSTED).stream().map(PointsPosted::getLedgerEntryId).toList();
    assertThat(posted).doesNotHaveDuplicates();
    assertThat(posted)
        .containsAll(
            rrr.ledger().stream()
                .filter(entry -> entry.type() == LedgerEntry.Type.EARN)
                .map(LedgerEntry::entryId)
                .toList());
  }

  private void judgeCheckout(int number, Simulator rrr) {
    var changes = announced.get("r-" + number);
    assertThat(changes)
        .extracting(RedemptionStatusChanged::getVersion)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, changes.size()).boxed().toList());
    var end = changes.getLast().getStatus();
    // Whoever got no quote in time paid without a discount; the deadline is long.
    assertThat(end)
        .as("r-%d: %s", number, changes.getLast())
        .isEqualTo(cancels(number) ? RedemptionStatus.REVERSED : RedemptionStatus.COMMITTED);
    assertThat(rrr.orders().stream().filter(each -> each.orderId().equals("r-" + number)))
        .extracting(RedemptionOrder::state)
        .containsExactly(
            cancels(number) ? RedemptionOrder.State.REVERSED : RedemptionOrder.State.COMMITTED);
    assertThat(perOrder(rrr, LedgerEntry.Type.REDEEM).get("r-" + number)).isEqualTo(1);
    assertThat(perOrder(rrr, LedgerEntry.Type.REVERSAL).getOrDefault("r-" + number, 0))
        .isEqualTo(cancels(number) ? 1 : 0);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    followers.forEach(TopicFollower::close);
    publisher.close();
  }

  private void publish() {
    var number = published.get();
    var user = "u-" + number % USERS;
    publisher.publish(
        Topics.PURCHASES,
        user,
        PurchaseCompleted.newBuilder()
            .setEventId("e-" + number)
            .setOccurredAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
            .setOrderId("p-" + number)
            .setUserId(user)
            .setKind(PurchaseKind.TOKEN_PURCHASE)
            .setCurrency("CAD")
            .setAmountMinor(1_000)
            .build());
    publisher.publish(
        Topics.REDEMPTION_REQUESTS,
        "r-" + number,
        RedemptionRequested.newBuilder()
            .setOrderId("r-" + number)
            .setUserId(user)
            .setCurrency("CAD")
            .setCartTotalMinor(CART)
            .setItems(List.of(new CartItem("tokens", 1, CART)))
            .setMode(RedemptionMode.EXACT)
            .setPoints(POINTS)
            .setRequestedAt(Instant.now())
            .setRequestId(isOfNewPublisher(number) ? "request-" + number : null)
            .build());
    published.incrementAndGet();
  }

  /** What the payment system does when it reads an announcement. */
  private void announced(RedemptionStatusChanged change) {
    var order = change.getOrderId();
    announced.computeIfAbsent(order, _ -> new CopyOnWriteArrayList<>()).add(change);
    if (change.getStatus() == RedemptionStatus.QUOTED) {
      pays(order, PaymentStatus.SUCCEEDED, change.getQuoteId());
    } else if (change.getStatus() == RedemptionStatus.COMMITTED && cancels(number(order))) {
      pays(order, PaymentStatus.CANCELLED, null);
    }
  }

  private void pays(String order, PaymentStatus status, String quote) {
    publisher.publish(
        Topics.PAYMENT_OUTCOMES,
        order,
        PaymentOutcome.newBuilder()
            .setOrderId(order)
            .setStatus(status)
            .setQuoteId(quote)
            .setOccurredAt(Instant.now())
            .setChargedMinor(
                quote != null && isOfNewPublisher(number(order)) ? CART - POINTS : null)
            .build());
  }

  /** Publishers are upgraded when they like, and fill in what the last release knows nothing of. */
  private static boolean isOfNewPublisher(int number) {
    return number % 3 == 0;
  }

  private static boolean cancels(int number) {
    return number % 4 == 0;
  }

  private static int number(String order) {
    return Integer.parseInt(order.substring(2));
  }

  private List<String> open(int until) {
    return IntStream.range(0, until)
        .filter(number -> {
          var changes = announced.get("r-" + number);
          if (changes == null) return true;
          var last = changes.getLast().getStatus();
          return !ENDS.contains(last) || last == RedemptionStatus.COMMITTED && cancels(number);
        })
        .mapToObj(number -> "r-" + number + " " + last(number))
        .toList();
  }

  private String last(int number) {
    var changes = announced.get("r-" + number);
    return changes == null ? "unknown" : changes.getLast().getStatus().name();
  }

  private List<String> unearned(int until) {
    return IntStream.range(0, until)
        .mapToObj(number -> "p-" + number)
        .filter(order -> !earned.contains(order))
        .toList();
  }

  private static Map<String, Integer> perOrder(Simulator rrr, LedgerEntry.Type type) {
    return rrr.ledger().stream()
        .filter(entry -> entry.type() == type)
        .collect(Collectors.toMap(LedgerEntry::orderId, _ -> 1, Integer::sum));
  }

  private <V extends SpecificRecord> List<V> all(Topic<V> topic) {
    Deserializer<V> values = new AvroSerdes(addresses.schemaRegistryUrl()).deserializer();
    return Records.of(addresses, List.of(topic)).stream()
        .map(each -> values.deserialize(each.topic(), each.value()))
        .toList();
  }

  private <V extends SpecificRecord> TopicFollower follow(Topic<V> topic, Consumer<V> reader) {
    var kafka =
        new KafkaSettings(addresses.bootstrapServers(), addresses.schemaRegistryUrl(), Map.of());
    Deserializer<V> values = kafka.serdes().deserializer();
    return new TopicFollower(
        topic.name(),
        From.BEGINNING,
        "load-" + topic.name(),
        kafka,
        (ConsumerRecord<byte[], byte[]> record) ->
            reader.accept(values.deserialize(record.topic(), record.value())));
  }
}
