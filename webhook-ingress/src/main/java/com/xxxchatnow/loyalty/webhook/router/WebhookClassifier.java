package com.xxxchatnow.loyalty.webhook.router;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The router's first step: a webhook that can become an event goes on, under its subject; one that
 * can't is a dead letter; one of an unknown type is counted and stays where it is.
 */
final class WebhookClassifier extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private final Deserializer<WebhookReceived> values;
  private final RouterMetrics metrics;

  WebhookClassifier(Deserializer<WebhookReceived> values, RouterMetrics metrics) {
    this.values = values;
    this.metrics = metrics;
  }

  @Override
  public void process(Record<byte[], byte[]> webhook) {
    var received = received(webhook.value());
    if (received == null) {
      dead(webhook, Reason.UNREADABLE, "the value is no WebhookReceived");
    } else if (WebhookBody.of(received) instanceof WebhookBody.Event(var body)) {
      sort(webhook, received, body);
    } else {
      dead(webhook, Reason.INVALID, "the body is no event");
    }
  }

  private void sort(Record<byte[], byte[]> webhook, WebhookReceived received, WebhookBody body) {
    switch (TypedEvent.read(received, body)) {
      case TypedEvent.Known _ ->
          context().forward(webhook.withKey(body.subject().getBytes(UTF_8)), RouterTopology.PLACED);
      case TypedEvent.Unknown(var type) -> metrics.unknownType(type);
      case TypedEvent.Invalid(var detail) -> dead(webhook, Reason.INVALID, detail);
    }
  }

  /** Null when nobody can read it; throws when the registry is away: it may be read later. */
  private WebhookReceived received(byte[] value) {
    try {
      return values.deserialize(Topics.WEBHOOKS.name(), value);
    } catch (SerializationException | AvroRuntimeException failure) {
      if (RegistryFaults.isOutage(failure)) throw failure;
      return null;
    }
  }

  private void dead(Record<byte[], byte[]> webhook, Reason reason, String detail) {
    metrics.deadLetter(reason);
    var letter =
        new DeadLetter(source(webhook), reason, detail, 0, null).record(Router.SERVICE, clock());
    context()
        .forward(
            new Record<>(letter.key(), letter.value(), webhook.timestamp(), letter.headers()),
            RouterTopology.DEAD_LETTERS);
  }

  private ConsumerRecord<byte[], byte[]> source(Record<byte[], byte[]> webhook) {
    var place = context().recordMetadata().orElseThrow();
    return new ConsumerRecord<>(
        place.topic(),
        place.partition(),
        place.offset(),
        webhook.timestamp(),
        TimestampType.CREATE_TIME,
        0,
        0,
        webhook.key(),
        webhook.value(),
        new RecordHeaders(webhook.headers().toArray()),
        Optional.empty());
  }

  /** Streams' own clock, which the tests move. */
  private Clock clock() {
    return Clock.fixed(Instant.ofEpochMilli(context().currentSystemTimeMs()), ZoneOffset.UTC);
  }
}
