package com.xxxchatnow.loyalty.webhook.edge;

import static com.xxxchatnow.loyalty.webhook.edge.FuzzCheck.check;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import com.xxxchatnow.loyalty.webhook.edge.Unverified.Verified;
import com.xxxchatnow.loyalty.webhook.router.TypedEvent;
import com.xxxchatnow.loyalty.webhook.router.TypedEvent.Invalid;
import com.xxxchatnow.loyalty.webhook.router.TypedEvent.Known;
import com.xxxchatnow.loyalty.webhook.router.TypedEvent.Unknown;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.eclipse.jetty.http.HttpFields;

/**
 * What Jazzer runs along the road of a signed delivery: request headers → verified → parsed → kept
 * → typed event. Whatever RRR signs has an answer; what is kept is what came; the event's topic and
 * key are those of the contract.
 */
public final class EventFuzz {
  private static final AvroSerdes SERDES =
      new AvroSerdes(Map.of("schema.registry.url", "mock://fuzz", "auto.register.schemas", true));
  private static final Serializer<SpecificRecord> WRITER = SERDES.serializer();
  private static final Deserializer<SpecificRecord> READER = SERDES.deserializer();
  private static final MockProducer<byte[], byte[]> KAFKA =
      new MockProducer<>(
          LocalServer.cluster(), true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private static final WebhookPublisher LOG =
      new WebhookPublisher(
          KAFKA,
          SERDES.serializer(),
          new EdgeMetrics(new SimpleMeterRegistry()),
          Tracing.off(),
          Clock.systemUTC());
  private static final Verifier VERIFIER =
      new Verifier(
          List.of(new Secret(Sender.SECRET)), true, Duration.ofMinutes(5), Clock.systemUTC());
  private static final String PROBLEM =
      "(data( must be an object|\\.[a-z_]+ must [A-Za-z', ]+)|event_id [a-z_' ]+)";

  private EventFuzz() {}

  public static void fuzzerInitialize() {
    LOG.warmUp();
  }

  public static void fuzzerTestOneInput(FuzzedDataProvider data) {
    if (data.consumeBoolean()) {
      judged(HttpFields.EMPTY, data.consumeRemainingAsBytes());
    } else {
      var headers = headers(data);
      var webhook = new FuzzedWebhook(data);
      var reading = judged(headers, webhook.body());
      check(webhook.isKnown() == reading instanceof Known, "known when its data is right");
      if (reading instanceof Known(var event)) {
        check(event.topic().equals(webhook.topic()), "the topic of its type");
        check(event.key().equals(webhook.key()), "the key of its topic");
      }
    }
  }

  /** From the request to what the router makes of it; null when it is no event. */
  private static TypedEvent.Reading judged(HttpFields fields, byte[] body) {
    check(!WebhookHandler.json(fields) || plainJson(fields), "only JSON is JSON");
    var headers = WebhookHandler.headers(fields);
    headers.put(Verifier.SIGNATURE, List.of(Sender.signature(body)));
    headers.keySet().removeAll(List.of(Verifier.TIMESTAMP, Verifier.NONCE));
    var verdict = new Unverified("POST", WebhookHandler.PATH, headers, body).verify(VERIFIER);
    check(verdict instanceof Verified, "what is signed is verified");
    return WebhookBody.read(body) instanceof WebhookBody.Event(var event)
        ? typed(kept((Verified) verdict, event))
        : null;
  }

  private static boolean plainJson(HttpFields fields) {
    var types = fields.getValuesList("Content-Type");
    return types.size() == 1
        && types.getFirst().strip().toLowerCase(Locale.ROOT).startsWith("application/json")
        && !fields.contains("Content-Encoding");
  }

  private static WebhookReceived kept(Verified delivery, WebhookBody event) {
    KAFKA.clear();
    check(LOG.keep(delivery, event), "an event is kept");
    ProducerRecord<byte[], byte[]> record = KAFKA.history().getFirst();
    var kept = (WebhookReceived) READER.deserialize(record.topic(), record.value());
    check(kept.getBody().equals(ByteBuffer.wrap(delivery.body())), "the body as it came");
    check(new String(record.key(), UTF_8).equals(event.eventId()), "its key is the event's id");
    check(kept.getEventId().equals(event.eventId()), "and so is what the router reads");
    check(!kept.getHeaders().containsKey(Verifier.SIGNATURE), "no signature is kept");
    check(kept.getTrace().matches("[0-9a-fA-F-]{36}"), "a trace that is a UUID");
    return kept;
  }

  private static TypedEvent.Reading typed(WebhookReceived received) {
    var body = ((WebhookBody.Event) WebhookBody.of(received)).body();
    var reading = TypedEvent.read(received, body);
    switch (reading) {
      case Known(var event) -> {
        check(body.subject() != null && !event.key().isBlank(), "it has a subject and a key");
        check(told(event.event()).equals(told(again(event))), "a reader reads what was told");
        check(event.equals(TypedEvent.known(received)), "it is known again");
      }
      case Invalid(var detail) ->
          check(detail.matches(PROBLEM + "(; " + PROBLEM + ")*"), "only fields are named");
      case Unknown(var type) ->
          check(type == null || !FuzzedWebhook.TYPES.contains(type), "not of the contract");
    }
    return reading;
  }

  private static SpecificRecord again(TypedEvent event) {
    var name = event.topic().name();
    return READER.deserialize(name, WRITER.serialize(name, event.event()));
  }

  /** As text in UTF-8, in which half a surrogate pair of a free text is a question mark. */
  private static String told(SpecificRecord event) {
    return new String(event.toString().getBytes(UTF_8), UTF_8);
  }

  private static HttpFields headers(FuzzedDataProvider data) {
    var fields = HttpFields.build();
    for (var i = data.consumeInt(0, 4); i > 0; i--) {
      var name = data.consumeBoolean() ? data.pickValue(NAMES) : data.consumeAsciiString(12);
      fields.add(name.isEmpty() ? "x" : name, data.consumeAsciiString(60));
    }
    return fields;
  }

  private static final List<String> NAMES =
      List.of(
          "Content-Type",
          "Content-Encoding",
          "X-RRR-Key-Id",
          "X-Request-Trace",
          "traceparent",
          "X-RRR-Signature");
}
