package com.xxxchatnow.loyalty.earn;

import static com.xxxchatnow.loyalty.earn.Purchases.tokens;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.fixtures.Relay;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.localkafka.LocalKafkaConfig;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bad record ends with a precise reason, and the record behind it is processed. */
class BadInputIT {
  private static final String TOPIC = Topics.PURCHASES.name();
  private static Relay registry;
  private static EarnStack stack;

  private final String user = "user-" + UUID.randomUUID();
  private final String order = "order-" + UUID.randomUUID();

  @BeforeAll
  static void start() throws Exception {
    var shared = URI.create(LocalRegistry.shared().url());
    registry = Relay.to(shared.getPort());
    var url = shared.toString().replace(":" + shared.getPort(), ":" + registry.port());
    stack =
        new EarnStack(
            LocalKafkaConfig.oneBroker(), SimulatorConfig.defaults().withoutRateLimit(), url);
    // The source takes what the dead letter topic does not.
    var larger =
        new AlterConfigOp(
            new ConfigEntry("max.message.bytes", "20000000"), AlterConfigOp.OpType.SET);
    var smaller =
        new AlterConfigOp(
            new ConfigEntry("max.message.bytes", "1000000"), AlterConfigOp.OpType.SET);
    stack
        .kafka
        .admin()
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, TOPIC), Collections.singleton(larger),
                new ConfigResource(ConfigResource.Type.TOPIC, TOPIC + ".dlt"),
                    Collections.singleton(smaller)))
        .all()
        .get();
    stack.instance();
  }

  @AfterAll
  static void stop() {
    stack.close();
    registry.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(ofSeconds(60)).pollInterval(ofMillis(100));
  }

  private enum Unreadable {
    NOT_AVRO,
    WRONG_MAGIC_BYTE,
    UNKNOWN_SCHEMA_ID,
    TRUNCATED,
    ANOTHER_RECORD,
    NULL_VALUE,
    EMPTY
  }

  private byte[] bytes(Unreadable what) {
    var good = stack.bytes(tokens(order, user, 500).build());
    return switch (what) {
      case NOT_AVRO -> "{\"order_id\": 1}".getBytes(UTF_8);
      case WRONG_MAGIC_BYTE -> ByteBuffer.wrap(good.clone()).put(0, (byte) 7).array();
      case UNKNOWN_SCHEMA_ID -> ByteBuffer.wrap(good.clone()).putInt(1, 999_999).array();
      case TRUNCATED -> Arrays.copyOf(good, good.length / 2);
      case ANOTHER_RECORD -> linkBytes(link().build());
      case NULL_VALUE -> null;
      case EMPTY -> new byte[0];
    };
  }

  private static byte[] linkBytes(LinkUpdated update) {
    return new AvroSerdes(LocalRegistry.shared().url())
        .<LinkUpdated>serializer()
        .serialize(Topics.LINK_UPDATES.name(), update);
  }

  private LinkUpdated.Builder link() {
    return LinkUpdated.newBuilder()
        .setEventId("e")
        .setUserId(user)
        .setMemberId(UUID.randomUUID().toString())
        .setStatus(LinkStatus.REVOKED)
        .setReceivedAt(Instant.EPOCH);
  }

  @ParameterizedTest
  @EnumSource(Unreadable.class)
  void what_nobody_can_read_is_dead_lettered_with_its_bytes(Unreadable what) {
    var value = bytes(what);
    stack.send(TOPIC, user, value);
    var letter = letterAndTheRecordBehind();
    assertThat(reason(letter)).isEqualTo("UNREADABLE");
    assertThat(letter.value()).isEqualTo(value);
    assertThat(stack.results()).noneMatch(each -> each.getOrderId().equals(order));
  }

  private enum Senseless {
    NEGATIVE("amount_minor"),
    ZERO("amount_minor"),
    MORE_THAN_POINTS_CAN_COUNT("64 bits"),
    UNKNOWN_CURRENCY("currency"),
    A_CURRENCY_WITHOUT_UNITS("currency"),
    BLANK_ORDER("order_id is blank"),
    CONTROL_CHARACTERS("control characters"),
    LONG_ORDER("longer"),
    LINE_WITH_COLON("line_id"),
    YEAR_9999("ahead"),
    MICROSECONDS("looks like microseconds"),
    SECONDS("looks like seconds"),
    NO_TIME("occurred_at is 0"),
    DECODED_AS_UTF_8("U+FFFD"),
    MEMBER_NO_UUID("UUID"),
    METADATA_OF_10_MB("64 KiB"),
    TOO_MANY_METADATA("50");

    private final String detail;

    Senseless(String detail) {
      this.detail = detail;
    }
  }

  private PurchaseCompleted purchase(Senseless what) {
    var good = tokens(order, user, 500);
    return switch (what) {
      case NEGATIVE -> good.setAmountMinor(-1).build();
      case ZERO -> good.setAmountMinor(0).build();
      case MORE_THAN_POINTS_CAN_COUNT ->
          good.setCurrency("JPY").setAmountMinor(Long.MAX_VALUE).setUserTier("VIP").build();
      case UNKNOWN_CURRENCY -> good.setCurrency("DOGE").build();
      case A_CURRENCY_WITHOUT_UNITS -> good.setCurrency("XAU").build();
      case BLANK_ORDER -> good.setOrderId(" ").build();
      case CONTROL_CHARACTERS -> good.setOrderId("o\u0000\r\nX-Evil: 1").build();
      case LONG_ORDER -> good.setOrderId("o".repeat(3_000_000)).build();
      case LINE_WITH_COLON -> good.setLineId("1:2").build();
      case YEAR_9999 -> good.setOccurredAt(Instant.parse("9999-12-31T23:59:59Z")).build();
      case MICROSECONDS -> good.setOccurredAt(Instant.ofEpochMilli(now() * 1_000)).build();
      case SECONDS -> good.setOccurredAt(Instant.ofEpochMilli(now() / 1_000)).build();
      case NO_TIME -> good.setOccurredAt(Instant.EPOCH).build();
      case DECODED_AS_UTF_8 -> good.setOrderId("M\uFFFDller-1").build();
      case MEMBER_NO_UUID -> good.setRrrMemberId("../../admin").build();
      case METADATA_OF_10_MB -> good.setMetadata(Map.of("m", "x".repeat(10_000_000))).build();
      case TOO_MANY_METADATA ->
          good.setMetadata(
                  java.util.stream.IntStream.range(0, 51)
                      .boxed()
                      .collect(java.util.stream.Collectors.toMap(i -> "k" + i, i -> "v")))
              .build();
    };
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  @ParameterizedTest
  @EnumSource(Senseless.class)
  void what_makes_no_sense_is_dead_lettered_and_told(Senseless what) {
    var purchase = purchase(what);
    stack.publish(purchase);
    var letter = letterAndTheRecordBehind();
    assertThat(reason(letter)).isEqualTo("INVALID");
    assertThat(TraceHeaders.text(letter.headers(), DeadLetter.DETAIL).orElseThrow())
        .contains(what.detail);
    var result =
        stack.results().stream()
            .filter(each -> each.getEventId().equals(purchase.getEventId()))
            .toList();
    assertThat(result).hasSize(1);
    assertThat(result.getFirst().getStatus()).isEqualTo(EarnStatus.DEAD_LETTERED);
    assertThat(result.getFirst().getReason()).isEqualTo(Reason.INVALID);
    assertThat(result.getFirst().getDetail()).contains(what.detail);
    assertThat(stack.rejections())
        .filteredOn(each -> purchase.getEventId().equals(each.getEventId()))
        .singleElement()
        .satisfies(rejected -> assertThat(rejected.getDetail()).contains(what.detail));
    var large = what == Senseless.METADATA_OF_10_MB || what == Senseless.LONG_ORDER;
    assertThat(letter.headers().lastHeader(DeadLetter.CUT) != null).isEqualTo(large);
  }

  @Test
  void a_huge_amount_is_earned_exactly_and_one_beyond_rrr_s_numbers_is_its_refusal() {
    stack.publish(tokens(order, user, 999_999_999_999L).build());
    stack.publish(tokens("more-" + order, user, Long.MAX_VALUE).build());
    soon()
        .untilAsserted(() -> {
          assertThat(stack.resultOf(order).getPoints()).isEqualTo(9_999_999_999L);
          assertThat(stack.resultOf("more-" + order).getReason())
              .isEqualTo(Reason.REFUSED_VALIDATION);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "an-order"})
  void a_purchase_keyed_otherwise_is_earned_and_its_publisher_is_told(String key) {
    var purchase = tokens(order, user, 500).setUserTier("VIP").setRrrMemberId(" ").build();
    stack.send(TOPIC, key.isEmpty() ? null : key, stack.bytes(purchase));
    soon()
        .untilAsserted(() -> {
          var result = stack.resultOf(order);
          assertThat(result.getStatus()).isEqualTo(EarnStatus.EARNED);
          assertThat(result.getAmountMinor()).isEqualTo(500);
          assertThat(result.getCurrency()).isEqualTo("USD");
          assertThat(result.getUserTier()).isEqualTo("VIP");
        });
    assertThat(stack.rejections())
        .filteredOn(each -> order.equals(each.getOrderId()))
        .singleElement()
        .satisfies(told -> assertThat(told.getDetail()).contains("key records"));
  }

  @Test
  void metadata_with_control_characters_reaches_rrr_as_it_is() {
    stack.publish(
        tokens(order, user, 500).setMetadata(Map.of("note", "a\u0000\n\"b\" \u2028 €")).build());
    soon()
        .untilAsserted(
            () -> assertThat(stack.resultOf(order).getStatus()).isEqualTo(EarnStatus.EARNED));
  }

  @Test
  void what_was_published_before_rrr_s_memory_of_keys_began_is_not_sent() {
    var old = System.currentTimeMillis() - Duration.ofDays(30).toMillis();
    var record =
        new ProducerRecord<>(
            TOPIC, null, user.getBytes(UTF_8), stack.bytes(tokens(order, user, 500).build()));
    record.headers().add(DeadLetter.SOURCE_TIMESTAMP, Long.toString(old).getBytes(UTF_8));
    record.headers().add(DeadLetter.REPLAYS, "1".getBytes(UTF_8));
    stack.send(record);
    assertThat(reason(letterAndTheRecordBehind())).isEqualTo("EXPIRED_KEY");
    assertThat(stack.booked()).noneMatch(entry -> entry.orderId().equals(order));
  }

  @Test
  void a_header_of_1_mb_named_as_ours_is_dropped_and_stops_nobody() {
    var record = new ProducerRecord<>(TOPIC, user.getBytes(UTF_8), "{}".getBytes(UTF_8));
    record.headers().add("dlt.note", new byte[1 << 20]);
    stack.send(record);
    var letter = letterAndTheRecordBehind();
    assertThat(reason(letter)).isEqualTo("UNREADABLE");
    assertThat(TraceHeaders.text(letter.headers(), DeadLetter.DETAIL).orElseThrow())
        .isEqualTo("no magic byte (0x7b): JSON?");
    assertThat(letter.headers().lastHeader("dlt.note")).isNull();
  }

  @Test
  void while_the_registry_is_down_a_purchase_of_a_known_schema_does_not_wait_for_an_unknown_one() {
    var known = "known-" + user;
    assertThat(bought(known).getStatus()).isEqualTo(EarnStatus.EARNED);
    var unknown = bytes(Unreadable.UNKNOWN_SCHEMA_ID);
    registry.stop();
    try {
      stack.send(TOPIC, user, unknown);
      for (var i = 0; i < 3; i++)
        assertThat(bought(known).getStatus()).isEqualTo(EarnStatus.EARNED);
      assertThat(stack.deadLetters())
          .noneMatch(
              letter -> letter.key() != null && new String(letter.key(), UTF_8).equals(user));
    } finally {
      registry.restart();
    }
    assertThat(reason(letterAndTheRecordBehind())).isEqualTo("UNREADABLE");
  }

  @Test
  void while_the_registry_is_down_purchases_and_links_wait_and_none_is_lost() {
    var before = stack.deadLetters().size();
    var bytes = stack.bytes(tokens(order, user, 500).build());
    var leaving = "leaving-" + user;
    var unlink = linkBytes(link().setUserId(leaving).setSource(LinkSource.LOCAL).build());
    stack.stopInstances();
    registry.stop();
    try {
      stack.instance();
      stack.send(TOPIC, user, bytes);
      stack.send(Topics.LINK_UPDATES.name(), leaving, unlink);
      await()
          .during(ofSeconds(3))
          .atMost(ofSeconds(10))
          .until(() -> stack.booked().stream().noneMatch(e -> e.orderId().equals(order)));
    } finally {
      registry.restart();
    }
    soon()
        .untilAsserted(
            () -> assertThat(stack.resultOf(order).getStatus()).isEqualTo(EarnStatus.EARNED));
    assertThat(stack.deadLetters()).hasSize(before);
    // RRR itself says that they are linked; only the event says that they left here.
    soon().until(() -> bought(leaving).getReason() == Reason.NOT_LINKED);
  }

  private EarnResult bought(String userId) {
    var next = "order-" + UUID.randomUUID();
    stack.publish(tokens(next, userId, 500).build());
    return soon().ignoreExceptions().until(() -> stack.resultOf(next), result -> result != null);
  }

  /** The dead letter of this test's user, and a good purchase of the same user behind it. */
  private ConsumerRecord<byte[], byte[]> letterAndTheRecordBehind() {
    var behind = "behind-" + order;
    stack.publish(tokens(behind, user, 500).build());
    soon()
        .untilAsserted(
            () -> assertThat(stack.resultOf(behind).getStatus()).isEqualTo(EarnStatus.EARNED));
    var letters =
        stack.deadLetters().stream()
            .filter(letter -> letter.key() != null && new String(letter.key(), UTF_8).equals(user))
            .toList();
    assertThat(letters).hasSize(1);
    return letters.getFirst();
  }

  private static String reason(ConsumerRecord<byte[], byte[]> letter) {
    for (var header :
        new String[] {
          DeadLetter.DETAIL,
          DeadLetter.SOURCE_TOPIC,
          DeadLetter.SOURCE_PARTITION,
          DeadLetter.SOURCE_OFFSET,
          DeadLetter.SOURCE_TIMESTAMP,
          DeadLetter.SERVICE,
          DeadLetter.FAILED_AT,
          DeadLetter.ATTEMPTS
        }) assertThat(letter.headers().lastHeader(header)).as(header).isNotNull();
    return TraceHeaders.text(letter.headers(), DeadLetter.REASON).orElseThrow();
  }
}
