package com.xxxchatnow.loyalty.webhook.router;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.streams.DeadLetters;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.schemas.Topics;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The router's first step: a webhook that can become an event goes on, under its subject; one that
 * can't is a dead letter; one of an unknown type is counted and stays where it is.
 */
final class WebhookClassifier extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  /** Twice the largest body, so that headers have room: the server takes nothing larger. */
  private static final int MAX_BYTES = 2 * WebhookBody.MAX_BYTES;

  private final RecordReader<WebhookReceived> reader;
  private final RouterMetrics metrics;
  private final DeadLetters deadLetters;

  WebhookClassifier(
      RecordReader<WebhookReceived> reader, RouterMetrics metrics, DeadLetters deadLetters) {
    this.reader = reader;
    this.metrics = metrics;
    this.deadLetters = deadLetters;
  }

  @Override
  public void process(Record<byte[], byte[]> webhook) {
    if (webhook.value() != null && webhook.value().length > MAX_BYTES) {
      dead(webhook, Reason.INVALID, "the value is larger than any webhook");
      return;
    }
    switch (reader.read(Topics.WEBHOOKS, webhook.value())) {
      case RecordReader.Read(var received) -> classify(webhook, received);
      case RecordReader.Unreadable(var detail) -> dead(webhook, Reason.UNREADABLE, detail);
    }
  }

  private void classify(Record<byte[], byte[]> webhook, WebhookReceived received) {
    if (!(WebhookBody.of(received) instanceof WebhookBody.Event(var body))) {
      dead(webhook, Reason.INVALID, "the body is no event");
      return;
    }
    switch (TypedEvent.read(received, body)) {
      case TypedEvent.Known _ -> repartition(webhook, body);
      case TypedEvent.Unknown(var type) -> metrics.unknownType(type);
      case TypedEvent.Invalid(var detail) -> dead(webhook, Reason.INVALID, detail);
    }
  }

  /** With the headers that are used later: others could make the record too large. */
  private void repartition(Record<byte[], byte[]> webhook, WebhookBody body) {
    var headers = new RecordHeaders();
    TraceHeaders.carry(webhook.headers(), headers);
    context()
        .forward(
            webhook.withKey(body.subject().getBytes(UTF_8)).withHeaders(headers),
            RouterTopology.PLACED);
  }

  private void dead(Record<byte[], byte[]> webhook, Reason reason, String detail) {
    deadLetters.forward(context(), webhook, reason, detail);
  }
}
