package com.xxxchatnow.loyalty.redemption;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.FlagChanged;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RecordRejected;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RepairAction;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.redemption.machine.Transitions;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.ledger.RedemptionOrder;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The main road through broker, registry and simulator. */
class RedemptionSagaIT {
  private static final long SHARED = 64 * 1024 * 1024;

  /** Of a repair that came too late: COMMITTED needs none. */
  private static final Predicate<String> DONE = detail -> detail.contains("needs no such repair");

  private static final Topic<RedemptionRequested> REQUESTS = Topics.REDEMPTION_REQUESTS;

  private static RedemptionFixture world;
  private static Outsider outsider;
  private static Service saga;

  @BeforeAll
  static void start() {
    world = new RedemptionFixture();
    outsider = new Outsider(world.settings);
    // A quote in time is not what is tested here.
    saga =
        world.saga(Map.of("REDEMPTION_PAYMENT_TIMEOUT", "3s", "REDEMPTION_QUOTE_TIMEOUT", "20s"));
  }

  @AfterAll
  static void stop() throws Exception {
    outsider.close();
    world.close();
  }

  @Test
  void a_paid_checkout_burns_the_points() {
    world.requests("paid", "u-paid", 500);
    var quoted = world.awaits("paid", RedemptionStatus.QUOTED);
    assertThat(quoted.getDiscountMinor()).isEqualTo(500);
    world.pays("paid", PaymentStatus.SUCCEEDED, quoted.getQuoteId());
    world.awaits("paid", RedemptionStatus.COMMITTED);
    assertThat(world.simulator.balance("u-paid")).isEqualTo(9_500);
  }

  @Test
  void a_cancelled_payment_gives_the_points_back() {
    world.requests("cancelled", "u-cancelled", 500);
    var quoted = world.awaits("cancelled", RedemptionStatus.QUOTED);
    world.pays("cancelled", PaymentStatus.SUCCEEDED, quoted.getQuoteId());
    world.awaits("cancelled", RedemptionStatus.COMMITTED);
    world.pays("cancelled", PaymentStatus.CANCELLED, null);
    world.awaits("cancelled", RedemptionStatus.REVERSED);
    assertThat(world.simulator.balance("u-cancelled")).isEqualTo(10_000);
    assertThat(world.simulator.orders())
        .filteredOn(order -> order.orderId().equals("cancelled"))
        .extracting(RedemptionOrder::state)
        .containsExactly(RedemptionOrder.State.REVERSED);
  }

  @Test
  void a_failed_payment_burns_nothing() {
    world.requests("failed", "u-failed", 500);
    world.awaits("failed", RedemptionStatus.QUOTED);
    world.pays("failed", PaymentStatus.FAILED, null);
    world.awaits("failed", RedemptionStatus.REVERSED);
    assertThat(world.simulator.balance("u-failed")).isEqualTo(10_000);
  }

  @Test
  void a_user_without_enough_points_gets_no_quote() {
    world.requests("poor", "u-poor", 10_001);
    assertThat(world.awaits("poor", RedemptionStatus.REJECTED).getReason())
        .isEqualTo(Reason.NOT_ELIGIBLE);
  }

  @Test
  void a_user_without_a_link_gets_no_quote() {
    world.requests("unlinked", "unlinked-user", 500);
    assertThat(world.awaits("unlinked", RedemptionStatus.REJECTED).getReason())
        .isEqualTo(Reason.NOT_LINKED);
  }

  @Test
  void a_checkout_that_nobody_pays_expires_and_may_still_be_paid() {
    world.requests("slow", "u-slow", 500);
    var quoted = world.awaits("slow", RedemptionStatus.QUOTED);
    assertThat(world.awaits("slow", RedemptionStatus.EXPIRED).getReason())
        .isEqualTo(Reason.PAYMENT_TIMEOUT);
    world.pays("slow", PaymentStatus.SUCCEEDED, quoted.getQuoteId());
    world.awaits("slow", RedemptionStatus.COMMITTED);
  }

  static Stream<Topic<?>> sources() {
    return Stream.of(
        Topics.REDEMPTION_REQUESTS,
        Topics.PAYMENT_OUTCOMES,
        Topics.REDEMPTION_REPLIES,
        Topics.REDEMPTION_REPAIRS);
  }

  @ParameterizedTest
  @MethodSource("sources")
  void what_an_outsider_writes_is_dead_lettered_alone_and_the_next_record_is_handled(
      Topic<?> topic) {
    var order = "outsider-" + topic.name();
    var foreign = world.value(Topics.FLAGS, flag());
    var values = Outsider.values(LocalRegistry.shared(), foreign);
    values.values().forEach(value -> outsider.writes(topic, order, value));

    // The next ones of the same partition, of all four topics, and without a timestamp.
    outsider.writesWithoutTime(Topics.REDEMPTION_REQUESTS, order, world.request(order, "u", 10));
    var quote = world.awaits(order, RedemptionStatus.QUOTED).getQuoteId();
    outsider.writesWithoutTime(Topics.PAYMENT_OUTCOMES, order, world.paid(order, quote));
    var committed = world.awaits(order, RedemptionStatus.COMMITTED);
    world.send(Topics.REDEMPTION_REPAIRS, order, retry(order, committed.getVersion()));
    var refused = letters(Topics.REDEMPTION_REPAIRS, order, DONE);
    assertThat(refused).hasSize(1);

    var letters = letters(topic, order, detail -> !DONE.test(detail));
    assertThat(letters).extracting(RedemptionSagaIT::detail).hasSameSizeAs(values.keySet());
    values
        .keySet()
        .forEach(why ->
            assertThat(letters)
                .extracting(RedemptionSagaIT::detail)
                .anyMatch(it -> it.contains(why)));
    for (var letter : letters) {
      assertThat(letter.key()).isEqualTo(order.getBytes(UTF_8));
      if (letter.headers().lastHeader(DeadLetter.CUT) != null) assertThat(letter.value()).isNull();
      else assertThat(values.values()).anyMatch(value -> Arrays.equals(value, letter.value()));
    }
    assertThat(rejected(topic))
        .containsAll(letters.stream().map(RedemptionSagaIT::offset).toList());
  }

  @Test
  void a_call_that_is_none_is_dead_lettered_alone_and_the_next_call_is_made() {
    var values = Outsider.values(LocalRegistry.shared(), world.value(Topics.FLAGS, flag()));
    values.keySet().removeIf(why -> why.startsWith("the value has"));
    values.values().forEach(value -> outsider.writes(Topics.REDEMPTION_CALLS, "called", value));

    world.requests("called", "u-called", 10);
    world.awaits("called", RedemptionStatus.QUOTED);

    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(letters(Topics.REDEMPTION_CALLS, "called", _ -> true))
                .extracting(RedemptionSagaIT::detail)
                .hasSize(values.size())
                .containsAll(values.keySet()));
  }

  @Test
  void a_readable_request_that_is_too_large_to_be_kept_is_a_dead_letter() {
    var items = Collections.nCopies(60_000, new CartItem("tokens", 1, 5_000L));
    var request = world.request("large", "u-large", 10);
    request.setItems(items);
    outsider.writes(Topics.REDEMPTION_REQUESTS, "large", world.value(REQUESTS, request));
    assertThat(letters(Topics.REDEMPTION_REQUESTS, "large", _ -> true))
        .extracting(RedemptionSagaIT::detail)
        .singleElement(STRING)
        .contains("send a smaller one");
  }

  @Test
  void a_request_in_another_partition_than_its_keys_is_rejected_with_that_as_the_fault() {
    var request = world.value(REQUESTS, world.request("misplaced", "u", 10));
    outsider.writes(
        Topics.REDEMPTION_REQUESTS, anotherPartition("misplaced"), "misplaced", request);
    var rejected = world.awaits("misplaced", RedemptionStatus.REJECTED);
    assertThat(rejected.getReason()).isEqualTo(Reason.INVALID);
    assertThat(rejected.getDetail()).isEqualTo(Transitions.MISPLACED);
  }

  @Test
  void an_outcome_in_another_partition_than_its_keys_is_a_dead_letter_and_its_publisher_hears_it() {
    world.requests("astray", "u-astray", 10);
    var quote = world.awaits("astray", RedemptionStatus.QUOTED).getQuoteId();
    var outcome = world.value(Topics.PAYMENT_OUTCOMES, world.paid("astray", quote));
    outsider.writes(Topics.PAYMENT_OUTCOMES, anotherPartition("astray"), "astray", outcome);
    var letter = letters(Topics.PAYMENT_OUTCOMES, "astray", _ -> true).getFirst();
    assertThat(detail(letter)).isEqualTo(Transitions.MISPLACED);
    assertThat(rejected(Topics.PAYMENT_OUTCOMES)).contains(offset(letter));
    // A replay chooses the partition by the key.
    outsider.writes(Topics.PAYMENT_OUTCOMES, "astray", letter.value());
    world.awaits("astray", RedemptionStatus.COMMITTED);
  }

  @Test
  void announcements_that_are_none_do_not_end_the_news() {
    outsider.writes(Topics.REDEMPTIONS, "waited-for", null);
    outsider.writes(Topics.REDEMPTIONS, null, null);
    outsider.writes(Topics.REDEMPTIONS, "waited-for", world.value(Topics.FLAGS, flag()));
    outsider.writes(Topics.REDEMPTIONS, "waited-for", "{}".getBytes(UTF_8));
    world.requests("waited-for", "u-waited", 10);
    var asked = world.queries(saga) + "/redemptions/waited-for?wait=decided&timeout=20s";
    assertThat(RedemptionFixture.get(asked).body()).contains("\"QUOTED\"");
    var ready = "http://127.0.0.1:%d/health/ready".formatted(saga.adminPort());
    assertThat(RedemptionFixture.get(ready).statusCode()).isEqualTo(200);
  }

  @Test
  void the_stores_of_all_partitions_share_one_memory_off_the_heap() throws Exception {
    var kafkaStreams = ManagementFactory.getPlatformMBeanServer();
    var stores = new ObjectName("kafka.streams:type=stream-state-metrics,rocksdb-state-id=*,*");
    Awaitility.await()
        .until(() ->
            kafkaStreams.queryNames(stores, null).size() == Topics.REDEMPTION_CALLS.partitions());
    for (var store : kafkaStreams.queryNames(stores, null))
      assertThat(kafkaStreams.getAttribute(store, "block-cache-capacity"))
          .isEqualTo(BigInteger.valueOf(SHARED));
  }

  private static FlagChanged flag() {
    return new FlagChanged("RRR_REDEEM_ENABLED", "false", "an outsider", Instant.now());
  }

  private static RepairRequested retry(String order, long version) {
    return new RepairRequested(
        order, RepairAction.RETRY, null, version, "ann", "to be refused", Instant.now());
  }

  private static int anotherPartition(String key) {
    var partitions = Topics.REDEMPTION_REQUESTS.partitions();
    return (Utils.toPositive(Utils.murmur2(key.getBytes(UTF_8))) + 1) % partitions;
  }

  /** The dead letters of an order with such a detail, as soon as there is one. */
  private static List<ConsumerRecord<byte[], byte[]>> letters(
      Topic<?> source, String order, Predicate<String> which) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                outsider.reads(source.deadLetters("saga")).stream()
                    .filter(letter -> Arrays.equals(letter.key(), order.getBytes(UTF_8)))
                    .filter(letter -> which.test(detail(letter)))
                    .toList(),
            letters -> !letters.isEmpty());
  }

  private static String detail(ConsumerRecord<byte[], byte[]> letter) {
    return header(letter, DeadLetter.DETAIL);
  }

  /** Where the record lies of which a dead letter or a rejection tells. */
  private static String offset(ConsumerRecord<byte[], byte[]> letter) {
    return header(letter, DeadLetter.SOURCE_PARTITION)
        + "@"
        + header(letter, DeadLetter.SOURCE_OFFSET);
  }

  private static List<String> rejected(Topic<?> source) {
    Deserializer<RecordRejected> rejections = world.settings.serdes().deserializer();
    return outsider.reads(Topics.REJECTIONS).stream()
        .map(each -> rejections.deserialize(each.topic(), each.value()))
        .filter(each -> each.getSourceTopic().equals(source.name()))
        .map(each -> each.getSourcePartition() + "@" + each.getSourceOffset())
        .toList();
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }
}
