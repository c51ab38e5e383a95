package com.xxxchatnow.loyalty.webhook.router;

import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Holds {@code loyalty.link-updates.v1} to its promise that a user's newest record counts.
 *
 * <p>Updates of one member arrive here in their order, those of two members do not, and the topic
 * has another writer, which {@link LinkUpdatesFollower} follows. What would hide something newer or
 * better known is left out; it stays in {@code rrr.webhooks.v1}.
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
    var known = newest.get(update.key());
    if (superseded(link, known)) {
      metrics.superseded();
      return;
    }
    // Two ingress instances have two clocks; readers take the newest by this time.
    if (known != null && !link.getReceivedAt().isAfter(known.getReceivedAt()))
      link.setReceivedAt(known.getReceivedAt().plusMillis(1));
    newest.put(update.key(), link);
    context().forward(update);
  }

  /**
   * Whether a webhook's link changes nothing about its user. Members are compared before times:
   * only the beginning of a link says something about the user's other links, its end does not.
   *
   * @param known the newest of this user on the topic; null for none
   */
  static boolean superseded(LinkUpdated link, LinkUpdated known) {
    if (known == null) return false;
    var earlier = link.getReceivedAt().isBefore(known.getReceivedAt());
    if (known.getSource() != LinkSource.WEBHOOK) {
      // Ended here: no webhook lifts that. At the same time a webhook is the weakest source.
      if (known.getSource() == LinkSource.LOCAL && known.getStatus() == LinkStatus.REVOKED)
        return true;
      if (earlier || link.getReceivedAt().equals(known.getReceivedAt())) return true;
    }
    var sameMember = known.getMemberId().equals(link.getMemberId());
    var linked = known.getStatus() == LinkStatus.ACTIVE;
    return switch (link.getStatus()) {
      case ACTIVE -> linked && !sameMember && earlier;
      case EXPIRED, REVOKED -> !sameMember;
      case PENDING, UNKNOWN -> linked;
    };
  }
}
