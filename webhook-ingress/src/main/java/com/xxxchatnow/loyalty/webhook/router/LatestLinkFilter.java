package com.xxxchatnow.loyalty.webhook.router;

import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps {@code loyalty.link-updates.v1} true to its word that a user's newest record holds.
 *
 * <p>Updates of one member come here in their order, those of two members do not. When a user moved
 * from one member to another, the old link's end may come after the new link's beginning: it would
 * be the last word on the user, and is left out. What is left out stays in {@code rrr.webhooks.v1}.
 */
final class LatestLinkFilter extends ContextualProcessor<String, LinkUpdated, String, LinkUpdated> {
  static final String STORE = "newest-links";

  private final RouterMetrics metrics;
  private KeyValueStore<String, LinkUpdated> newest;

  LatestLinkFilter(RouterMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<String, LinkUpdated> context) {
    super.init(context);
    newest = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, LinkUpdated> update) {
    var link = update.value();
    if (superseded(link, newest.get(update.key()))) {
      metrics.superseded();
      return;
    }
    newest.put(update.key(), link);
    context().forward(update);
  }

  /** Whether another member's link is newer, or still there while this one ends. */
  static boolean superseded(LinkUpdated link, LinkUpdated newest) {
    if (newest == null || newest.getMemberId().equals(link.getMemberId())) return false;
    return link.getReceivedAt().isBefore(newest.getReceivedAt()) || ends(link) && !ends(newest);
  }

  private static boolean ends(LinkUpdated link) {
    return link.getStatus() == LinkStatus.EXPIRED || link.getStatus() == LinkStatus.REVOKED;
  }
}
