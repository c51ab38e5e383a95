package com.xxxchatnow.loyalty.webhook.router;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.streams.DeadLetters;
import com.xxxchatnow.loyalty.schemas.Topics;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps what {@link LatestLinkFilter} knows at what {@code loyalty.link-updates.v1} says, whoever
 * wrote it. A record without a value forgets its user; one that can't be read is a dead letter.
 */
final class LinkUpdatesFollower extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private final RecordReader<LinkUpdated> reader;
  private final DeadLetters deadLetters;
  private KeyValueStore<String, LinkUpdated> newest;

  LinkUpdatesFollower(RecordReader<LinkUpdated> reader, DeadLetters deadLetters) {
    this.reader = reader;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    super.init(context);
    newest = context.getStateStore(LatestLinkFilter.STORE);
  }

  @Override
  public void process(Record<byte[], byte[]> update) {
    if (update.key() == null) {
      dead(update, Reason.INVALID, "the key must be a user_id");
      return;
    }
    var user = new String(update.key(), UTF_8);
    if (update.value() == null) {
      newest.delete(user);
      return;
    }
    switch (reader.read(Topics.LINK_UPDATES, update.value())) {
      case RecordReader.Read(var link) -> follow(user, link);
      case RecordReader.Unreadable(var detail) -> dead(update, Reason.UNREADABLE, detail);
    }
  }

  private void follow(String user, LinkUpdated link) {
    var known = newest.get(user);
    if (known != null
        && (link.getReceivedAt().isBefore(known.getReceivedAt()) || hides(link, known))) return;
    newest.put(user, link);
  }

  /** A router of an earlier release left nothing out. */
  private static boolean hides(LinkUpdated link, LinkUpdated known) {
    return link.getSource() == LinkSource.WEBHOOK && LatestLinkFilter.superseded(link, known);
  }

  private void dead(Record<byte[], byte[]> update, Reason reason, String detail) {
    deadLetters.forward(context(), update, reason, detail);
  }
}
