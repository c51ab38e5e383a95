package com.xxxchatnow.loyalty.webhook.router;

import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PointsReversed;
import com.xxxchatnow.loyalty.events.RedemptionConfirmed;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The router's second step, on all events of one subject in their order: an event that was not seen
 * in the window is published, with the user of its member when a link named one.
 */
final class DedupPublisher extends ContextualProcessor<byte[], byte[], String, SpecificRecord> {
  static final String LINKS = "links";

  private final Deserializer<WebhookReceived> values;
  private final RouterMetrics metrics;
  private final Tracing tracing;
  private final Clock clock;
  private final LongSupplier nanos;
  private DedupStore seen;
  private KeyValueStore<String, String> users;

  DedupPublisher(
      Deserializer<WebhookReceived> values,
      RouterMetrics metrics,
      Tracing tracing,
      Clock clock,
      LongSupplier nanos) {
    this.values = values;
    this.metrics = metrics;
    this.tracing = tracing;
    this.clock = clock;
    this.nanos = nanos;
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> context) {
    super.init(context);
    seen = new DedupStore(context.getStateStore(DedupStore.STORE), nanos);
    users = context.getStateStore(LINKS);
  }

  @Override
  public void process(Record<byte[], byte[]> webhook) {
    var received = values.deserialize(Topics.WEBHOOKS.name(), webhook.value());
    var event = TypedEvent.known(received);
    var before =
        seen.before(
            received.getEventId(), event.business(), received.getBackfilled(), clock.millis());
    if (before != null) {
      metrics.duplicate(before);
      return;
    }
    publish(event, webhook);
  }

  private void publish(TypedEvent event, Record<byte[], byte[]> webhook) {
    withUser(event.event());
    var headers = new RecordHeaders();
    TraceHeaders.carry(webhook.headers(), headers);
    try (var step = tracing.received(Topics.WEBHOOKS.name(), webhook.headers())) {
      step.with("loyalty.routed.to", event.topic().name()).to(headers);
      context()
          .forward(
              new Record<>(event.key(), event.event(), webhook.timestamp(), headers),
              RouterTopology.publisherOf(event.topic()));
    }
    metrics.published(event.topic().name());
  }

  /** Links are remembered and used in the order of the member's events. */
  private void withUser(SpecificRecord event) {
    switch (event) {
      case LinkUpdated link -> remember(link);
      case PointsPosted posted -> posted.setUserId(users.get(posted.getMemberId()));
      case PointsReversed reversed -> reversed.setUserId(users.get(reversed.getMemberId()));
      case RedemptionConfirmed confirmed -> confirmed.setUserId(users.get(confirmed.getMemberId()));
      default -> {}
    }
  }

  private void remember(LinkUpdated link) {
    switch (link.getStatus()) {
      case ACTIVE -> users.put(link.getMemberId(), link.getUserId());
      case EXPIRED, REVOKED -> forget(link);
      case PENDING, UNKNOWN -> {}
    }
  }

  /** The late end of a former user's link is not the end of the present user's. */
  private void forget(LinkUpdated link) {
    if (link.getUserId().equals(users.get(link.getMemberId()))) users.delete(link.getMemberId());
  }
}
