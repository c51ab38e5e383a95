package com.xxxchatnow.loyalty.redemption.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.CallOutcome;
import com.xxxchatnow.loyalty.events.PaymentOutcome;
import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RecordRejected;
import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.events.RedemptionOperation;
import com.xxxchatnow.loyalty.events.RedemptionReply;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.events.RepairAction;
import com.xxxchatnow.loyalty.events.RepairRequested;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.redemption.machine.Event.Admission;
import com.xxxchatnow.loyalty.redemption.machine.PaymentDoubt;
import com.xxxchatnow.loyalty.redemption.machine.Transitions;
import com.xxxchatnow.loyalty.redemption.machine.Transitions.Waits;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The topology under a test's hands: what happens, what it answers, and time that is moved. */
final class Scenario implements AutoCloseable {
  private static final Waits WAITS =
      new Waits(Duration.ofSeconds(3), Duration.ofMinutes(30), Duration.ofDays(30));

  private static final StateSerde FORMAT = new StateSerde();

  private static final Map<String, Object> REGISTRY =
      Map.of("schema.registry.url", "mock://scenario", "auto.register.schemas", true);

  private final AvroSerdes serdes = new AvroSerdes(REGISTRY);
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
  private final AtomicReference<Admission> admission = new AtomicReference<>(Admission.ADMITTED);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Topology topology;
  private final TopologyTestDriver driver;
  private final Map<String, TestOutputTopic<String, byte[]>> outputs = new HashMap<>();
  private final UncommittedVersions uncommitted = new UncommittedVersions();

  /** The partition to which each key belongs; the driver has one, with the number 0. */
  private final AtomicInteger partition = new AtomicInteger();

  private Headers lastHeaders;
  private String traceparent;
  private boolean timeless;

  Scenario() {
    var metrics = new SagaMetrics(meters);
    topology =
        SagaTopology.of(
            () ->
                new SagaProcessor(
                    new Transitions(WAITS),
                    FORMAT,
                    new EventDecoder(serdes, _ -> admission.get()),
                    new RecordEncoder(serdes),
                    metrics,
                    uncommitted,
                    SagaTopology.deadLetters("redemption-saga", serdes, metrics, clock()),
                    _ -> partition.get(),
                    Tracing.off(),
                    clock()),
            clock());
    var properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "scenario");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    driver = new TopologyTestDriver(topology, properties, now.get());
  }

  /** An instance that has run for a while. */
  static Scenario running() {
    return new Scenario().silentFor(Duration.ofMinutes(1));
  }

  String description() {
    return topology.describe().toString();
  }

  Scenario admits(Admission next) {
    admission.set(next);
    return this;
  }

  Scenario requested(String order) {
    return requested(order, Duration.ZERO);
  }

  /** The checkout asked some time ago, and the saga reads it only now. */
  Scenario requested(String order, Duration ago) {
    var at = now.get().minus(ago);
    var request = Samples.request(order).setRequestedAt(at).build();
    var topic = Topics.REDEMPTION_REQUESTS;
    return bytes(topic, order, serdes.serializer().serialize(topic.name(), request), at);
  }

  /** Another cart of an order, asked for now. */
  Scenario requested(String order, String requestId, long cartTotalMinor) {
    var request = Samples.request(order).setRequestId(requestId).setRequestedAt(now.get());
    return send(
        Topics.REDEMPTION_REQUESTS, order, request.setCartTotalMinor(cartTotalMinor).build());
  }

  /** Requested and quoted: what both announced and called is taken. */
  Scenario quotedCheckout(String order) {
    requested(order).announces(RedemptionStatus.QUOTING).calls(RedemptionOperation.QUOTE, 1);
    return quoted(order, 1).announces(RedemptionStatus.QUOTED);
  }

  Scenario quoted(String order, int number) {
    return send(
        Topics.REDEMPTION_REPLIES,
        order,
        reply(order, RedemptionOperation.QUOTE, number)
            .setOutcome(CallOutcome.DONE)
            .setEligible(true)
            .setQuoteId("q-" + number)
            .setPoints(500L)
            .setDiscountMinor(500L)
            .setQuoteExpiresAt(now.get().plusSeconds(900))
            .setRrrMemberId("m-1")
            .build());
  }

  Scenario committed(String order, int number) {
    return send(Topics.REDEMPTION_REPLIES, order, done(order, RedemptionOperation.COMMIT, number));
  }

  Scenario reversed(String order, int number) {
    return send(Topics.REDEMPTION_REPLIES, order, done(order, RedemptionOperation.REVERSE, number));
  }

  Scenario refused(String order, RedemptionOperation operation, int number, Reason reason) {
    return send(
        Topics.REDEMPTION_REPLIES,
        order,
        reply(order, operation, number).setOutcome(CallOutcome.REFUSED).setReason(reason).build());
  }

  /** Paid; {@code quote} is null when the discount was not charged. */
  Scenario paid(String order, String quote) {
    return payment(order, PaymentStatus.SUCCEEDED, quote);
  }

  Scenario payment(String order, PaymentStatus status, String quote) {
    return payment(order, status, quote, now.get(), null);
  }

  Scenario payment(
      String order, PaymentStatus status, String quote, Instant occurredAt, Long chargedMinor) {
    var outcome = new PaymentOutcome(order, status, quote, occurredAt, chargedMinor);
    return send(Topics.PAYMENT_OUTCOMES, order, outcome);
  }

  Instant now() {
    return now.get();
  }

  /** How often operators were shown this doubt about a payment. */
  double doubts(PaymentDoubt doubt) {
    return meters
        .get("loyalty.redemptions.payments.doubted")
        .tag("doubt", doubt.name())
        .counter()
        .count();
  }

  Scenario retry(String order, long version) {
    return repair(order, RepairAction.RETRY, null, version);
  }

  Scenario settle(String order, long version, RedemptionStatus as) {
    return repair(order, RepairAction.SETTLE, as, version);
  }

  Scenario bytes(Topic<?> topic, String key, byte[] value) {
    return bytes(topic, key, value, now.get());
  }

  private Scenario bytes(Topic<?> topic, String key, byte[] value, Instant at) {
    driver
        .createInputTopic(topic.name(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput(
            new TestRecord<>(key, value, headers(), timeless ? Instant.ofEpochMilli(-1) : at));
    return this;
  }

  /** What is sent from now on has no timestamp, as Kafka takes it from some clients. */
  Scenario timeless() {
    timeless = true;
    return this;
  }

  /** What is sent from now on lies in another partition than its key's. */
  Scenario misplaced() {
    partition.set(7);
    return this;
  }

  /** A value of this Avro schema under a schema id, as any serializer of Confluent's writes it. */
  byte[] value(Topic<?> topic, Object value) {
    try (var any = new KafkaAvroSerializer()) {
      any.configure(REGISTRY, false);
      return any.serialize(topic.name(), value);
    }
  }

  /** What is sent from now on belongs to this trace; null: to none. */
  Scenario traced(String parent) {
    traceparent = parent;
    return this;
  }

  private Headers headers() {
    var headers = new RecordHeaders();
    if (traceparent != null)
      headers.add("traceparent", traceparent.getBytes(StandardCharsets.UTF_8));
    return headers;
  }

  /** Time passes. */
  Scenario silentFor(Duration time) {
    now.updateAndGet(before -> before.plus(time));
    driver.advanceWallClockTime(time);
    return this;
  }

  Scenario announces(RedemptionStatus status) {
    assertThat(announcement().getStatus()).isEqualTo(status);
    return this;
  }

  Scenario announces(RedemptionStatus status, Reason reason) {
    var announced = announcement();
    assertThat(announced.getStatus()).isEqualTo(status);
    assertThat(announced.getReason()).isEqualTo(reason);
    return this;
  }

  Scenario announcesBy(RedemptionStatus status, String operator) {
    var announced = announcement();
    assertThat(announced.getStatus()).isEqualTo(status);
    assertThat(announced.getOperator()).isEqualTo(operator);
    assertThat(announced.getNote()).isNotBlank();
    return this;
  }

  Scenario announcesNothing() {
    assertThat(output(Topics.REDEMPTIONS).isEmpty()).isTrue();
    return this;
  }

  Scenario calls(RedemptionOperation operation, int number) {
    RedemptionCall call = read(Topics.REDEMPTION_CALLS);
    assertThat(call.getOperation()).isEqualTo(operation);
    assertThat(call.getNumber()).isEqualTo(number);
    return this;
  }

  Scenario callsNothing() {
    assertThat(output(Topics.REDEMPTION_CALLS).isEmpty()).isTrue();
    return this;
  }

  Scenario deadLetters(Topic<?> source, Reason reason) {
    var letter = output(source.deadLetters("saga")).readRecord();
    lastHeaders = letter.headers();
    assertThat(
            new String(
                letter.headers().lastHeader(DeadLetter.REASON).value(), StandardCharsets.UTF_8))
        .isEqualTo(reason.name());
    return this;
  }

  /** The last dead letter is announced to its publisher, in the same transaction. */
  Scenario rejects(Topic<?> source, Reason reason) {
    RecordRejected rejected = read(Topics.REJECTIONS);
    assertThat(rejected.getSourceTopic()).isEqualTo(source.name());
    assertThat(rejected.getReason()).isEqualTo(reason);
    return this;
  }

  /** The record that was looked at last has this header. */
  Scenario carries(String header) {
    assertThat(lastHeaders.lastHeader(header)).isNotNull();
    return this;
  }

  Scenario carries(String header, String value) {
    assertThat(lastHeaders.headers(header)).hasSize(1);
    assertThat(new String(lastHeaders.lastHeader(header).value(), StandardCharsets.UTF_8))
        .isEqualTo(value);
    return this;
  }

  Scenario carriesNo(String header) {
    assertThat(lastHeaders.lastHeader(header)).isNull();
    return this;
  }

  /** Entries of the store: a redemption's own, and those of its indexes. */
  int stored() {
    var entries = 0;
    try (var all = driver.getKeyValueStore(SagaTopology.REDEMPTIONS).all()) {
      for (; all.hasNext(); all.next()) entries++;
    }
    return entries;
  }

  /** What is stored, as the queries read it. */
  ReadOnlyRedemptionStore redemptions() {
    return new ReadOnlyRedemptionStore(driver.getKeyValueStore(SagaTopology.REDEMPTIONS), FORMAT);
  }

  /** The same, as far as Kafka has committed it. */
  CommittedRedemptions committedRedemptions() {
    return new CommittedRedemptions(this::redemptions, uncommitted);
  }

  /** The announcement of this version can be read by everybody. */
  void commits(String order, long version) {
    uncommitted.committed(order, version);
  }

  @Override
  public void close() {
    driver.close();
  }

  private RedemptionStatusChanged announcement() {
    return read(Topics.REDEMPTIONS);
  }

  private Scenario repair(String order, RepairAction action, RedemptionStatus as, long version) {
    return send(
        Topics.REDEMPTION_REPAIRS,
        order,
        new RepairRequested(order, action, as, version, "ann", "asked by finance", now.get()));
  }

  private RedemptionReply done(String order, RedemptionOperation operation, int number) {
    return reply(order, operation, number).setOutcome(CallOutcome.DONE).build();
  }

  private RedemptionReply.Builder reply(String order, RedemptionOperation operation, int number) {
    return RedemptionReply.newBuilder()
        .setOrderId(order)
        .setOperation(operation)
        .setNumber(number)
        .setAttempts(1)
        .setRrrMillis(10)
        .setAnsweredAt(now.get());
  }

  private <V extends SpecificRecord> Scenario send(Topic<V> topic, String key, V value) {
    return bytes(topic, key, serdes.<V>serializer().serialize(topic.name(), value));
  }

  private <V extends SpecificRecord> V read(Topic<V> topic) {
    TestRecord<String, byte[]> record = output(topic).readRecord();
    lastHeaders = record.headers();
    return serdes.<V>deserializer().deserialize(topic.name(), record.value());
  }

  private TestOutputTopic<String, byte[]> output(Topic<?> topic) {
    return outputs.computeIfAbsent(
        topic.name(),
        name ->
            driver.createOutputTopic(name, new StringDeserializer(), new ByteArrayDeserializer()));
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return now.get();
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }
}
