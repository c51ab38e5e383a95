package com.xxxchatnow.loyalty.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.command.Stop;
import com.xxxchatnow.loyalty.cli.topics.Provisioning;
import com.xxxchatnow.loyalty.cli.topics.Registration;
import com.xxxchatnow.loyalty.earn.EarnProcessor;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.localkafka.LocalKafka;
import com.xxxchatnow.loyalty.localkafka.LocalRegistry;
import com.xxxchatnow.loyalty.rrr.Budget;
import com.xxxchatnow.loyalty.rrr.RrrClient;
import com.xxxchatnow.loyalty.rrr.RrrClientConfig;
import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.simulator.Simulator;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** A broker with the catalogue's topics, the registry with its schemas, and RRR: for one class. */
public final class CliFixture implements AutoCloseable {
  private final LocalKafka kafka = LocalKafka.start();
  private final Simulator rrr = Simulator.start(SimulatorConfig.defaults().withoutRateLimit());
  private final KafkaProducer<byte[], byte[]> producer;
  private final AvroSerdes serdes = new AvroSerdes(LocalRegistry.shared().url());
  private final Serializer<SpecificRecord> values = serdes.serializer();

  public CliFixture() {
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    try {
      Provisioning.apply(kafka.admin(), 1, 1);
      Registration.register(LocalRegistry.shared().url());
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  public Simulator rrr() {
    return rrr;
  }

  /** The command line with all its settings. */
  public Cli cli() {
    return new Cli(environment(), Cli.NOON);
  }

  /** By the real time, for what runs together with services. */
  public Cli cliNow() {
    return new Cli(environment(), Clock.systemUTC());
  }

  public Map<String, String> environment() {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
        "SCHEMA_REGISTRY_URL", LocalRegistry.shared().url(),
        "RRR_API_BASE_URL", rrr.baseUri().toString(),
        "RRR_CLIENT_ID", SimulatorConfig.defaults().clientId(),
        "RRR_CLIENT_SECRET", SimulatorConfig.defaults().clientSecret(),
        "RRR_RATE_LIMIT_RPS", "1000");
  }

  /** Has RRR book a purchase, as the earn processor does, but tells nobody. */
  public Earned earn(String order, String user, long points) {
    var request =
        new EarnRequest(
            user,
            Simulator.memberOf(user),
            EarnRequest.Source.TOKEN_PURCHASE,
            order,
            "1",
            "USD",
            points * 100,
            points,
            EarnRequest.PostingMode.POSTED,
            null,
            Map.of());
    try (var client = client()) {
      var call = CallOptions.untilAnswered("token_purchase_" + order, UUID.randomUUID());
      return ((Outcome.Done<Earned>) client.earn(request, call)).value();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /** RRR as a service sees it; close it. */
  public RrrClient client() {
    var config = SimulatorConfig.defaults();
    return new RrrClient(
        RrrClientConfig.of(rrr.baseUri(), config.clientId(), config.clientSecret()),
        new Budget(1_000, 1_000),
        Clock.systemUTC(),
        new SimpleMeterRegistry());
  }

  /** The result that the earn processor would have published. */
  public void result(String order, String user, long points, String entry, Instant postedAt) {
    publish(
        Topics.EARN_RESULTS,
        user,
        EarnResult.newBuilder()
            .setEventId("e-" + order)
            .setOccurredAt(postedAt)
            .setOrderId(order)
            .setLineId("1")
            .setUserId(user)
            .setRrrMemberId(Simulator.memberOf(user))
            .setKind(PurchaseKind.TOKEN_PURCHASE)
            .setPoints(points)
            .setStatus(EarnStatus.EARNED)
            .setIdempotencyKey("token_purchase_" + order)
            .setLedgerEntryId(entry)
            .setPostedAt(postedAt)
            .setAttempts(1)
            .build());
    flush();
  }

  /** A running earn processor; close it. */
  public Service earnProcessor(Map<String, String> more) {
    return EarnProcessor.start(service(more));
  }

  /** What a service of this world needs to know, any ports being free. */
  public Settings service(Map<String, String> more) {
    var environment = new HashMap<>(environment());
    environment.putAll(Map.of("ADMIN_PORT", "0", "HTTP_PORT", "0"));
    environment.putAll(more);
    return Settings.of(environment);
  }

  /** A topic and its dead letter topic, one partition each. */
  public void topic(String name) {
    kafka.createTopics(
        List.of(
            new NewTopic(name, Optional.of(1), Optional.empty()),
            new NewTopic(name + Topic.DEAD_LETTER_SUFFIX, Optional.of(1), Optional.empty())));
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    var sent = producer.send(record);
    flush();
    sent.resultNow();
  }

  public void publish(Topic<?> topic, String key, SpecificRecord value) {
    var _ =
        producer.send(new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), bytes(topic, value)));
  }

  public void flush() {
    producer.flush();
  }

  public byte[] bytes(Topic<?> topic, SpecificRecord value) {
    return values.serialize(topic.name(), value);
  }

  /** Puts a record that failed at a time into the dead letters of its topic. */
  public void deadLetter(
      String topic,
      String key,
      byte[] value,
      Instant published,
      Reason reason,
      int replays,
      Header... headers) {
    var source =
        new ConsumerRecord<>(
            topic,
            0,
            1,
            published.toEpochMilli(),
            TimestampType.CREATE_TIME,
            0,
            0,
            key.getBytes(UTF_8),
            value,
            new RecordHeaders(),
            Optional.empty());
    source.headers().add("traceparent", "00-a".getBytes(UTF_8));
    if (replays > 0) source.headers().add("dlt.replays", Integer.toString(replays).getBytes(UTF_8));
    var failed = Clock.offset(Cli.NOON, Duration.ofMinutes(-5));
    var letter =
        new DeadLetter(source, reason, "as a test wants it", 1, null).record("tester", failed);
    for (var header : headers) letter.headers().add(header);
    send(letter);
  }

  /** Everything committed in a topic. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    var all = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var clients = clients()) {
      Scan.of(clients, topic).withOpenTransactions().each(all::add);
    }
    return all;
  }

  public <V extends SpecificRecord> List<V> values(Topic<V> topic) {
    var values = serdes.<V>deserializer();
    return read(topic.name()).stream()
        .map(record -> values.deserialize(record.topic(), record.value()))
        .toList();
  }

  public Clients clients() {
    return new Clients(Settings.of(environment()), new Stop());
  }

  public static String header(ConsumerRecord<?, ?> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  public static PurchaseCompleted purchase(String order, String user, Instant at) {
    return PurchaseCompleted.newBuilder()
        .setEventId("e-" + order)
        .setOccurredAt(at)
        .setOrderId(order)
        .setUserId(user)
        .setKind(PurchaseKind.TOKEN_PURCHASE)
        .setCurrency("USD")
        .setAmountMinor(1_000)
        .setMetadata(Map.of("note", "bob@example.com"))
        .build();
  }

  @Override
  public void close() {
    producer.close();
    rrr.close();
    kafka.close();
  }
}
