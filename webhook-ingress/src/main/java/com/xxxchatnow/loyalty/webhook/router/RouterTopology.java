package com.xxxchatnow.loyalty.webhook.router;

import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.Stores;

/**
 * The router in one picture:
 *
 * <pre>
 * rrr.webhooks.v1 ─► sort ─► (by-subject) ─► publish-once ─► points-posted, points-reversed, …
 *                      └► dead letters            └► (links-by-user) ─► newest-link ─► link-updates
 * </pre>
 *
 * The first repartition makes one task meet all that is told about a member, wherever a record was
 * written: by the edge (which writes it to the right partition already, so that order holds), a
 * backfill or a replay. The second makes one task meet all links of a user.
 */
final class RouterTopology {
  static final String WEBHOOKS = "webhooks";
  static final String SORT = "sort";
  static final String BY_SUBJECT = "by-subject";
  static final String PUBLISH_ONCE = "publish-once";
  static final String LINKS = "links";
  static final String LINKS_BY_USER = "links-by-user";
  static final String NEWEST_LINK = "newest-link";
  static final String LINK_UPDATES = "link-updates";
  static final String DEAD_LETTERS = "dead-letters";

  /** The child of {@code sort} that the DSL makes of the repartition. */
  static final String PLACED = BY_SUBJECT + "-repartition-filter";

  private static final List<Topic<?>> PUBLISHED =
      List.of(
          Topics.POINTS_POSTED,
          Topics.POINTS_REVERSED,
          Topics.REDEMPTION_CONFIRMATIONS,
          Topics.TRANSFERS,
          Topics.PROMOTIONS);

  private RouterTopology() {}

  static Topology of(AvroSerdes serdes, RouterMetrics metrics, Tracing tracing) {
    var builder = new StreamsBuilder();
    var strings = Serdes.String();
    var bytes = Serdes.ByteArray();
    Serde<LinkUpdated> links = serdes.serde();
    builder.addStateStore(DedupStore.store());
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(DedupPublisher.LINKS), strings, strings));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(LatestLinkFilter.STORE), strings, links));

    builder.stream(Topics.WEBHOOKS.name(), Consumed.with(bytes, bytes).withName(WEBHOOKS))
        .process(() -> new WebhookClassifier(serdes.deserializer(), metrics), Named.as(SORT))
        .repartition(
            Repartitioned.with(bytes, bytes)
                .withName(BY_SUBJECT)
                .withNumberOfPartitions(Topics.WEBHOOKS.partitions()))
        .process(
            () -> new DedupPublisher(serdes.deserializer(), metrics, tracing),
            Named.as(PUBLISH_ONCE),
            DedupStore.STORE,
            DedupPublisher.LINKS)
        .map((user, link) -> KeyValue.pair(user, (LinkUpdated) link), Named.as(LINKS))
        .repartition(
            Repartitioned.with(strings, links)
                .withName(LINKS_BY_USER)
                .withNumberOfPartitions(Topics.LINK_UPDATES.partitions()))
        .process(() -> new LatestLinkFilter(metrics), Named.as(NEWEST_LINK), LatestLinkFilter.STORE)
        .to(Topics.LINK_UPDATES.name(), Produced.with(strings, links).withName(LINK_UPDATES));

    var topology = builder.build();
    topology.addSink(
        DEAD_LETTERS,
        Topics.WEBHOOKS.name() + Topic.DEAD_LETTER_SUFFIX,
        bytes.serializer(),
        bytes.serializer(),
        SORT);
    for (var topic : PUBLISHED) {
      topology.addSink(
          publisherOf(topic),
          topic.name(),
          strings.serializer(),
          serdes.<SpecificRecord>serializer(),
          PUBLISH_ONCE);
    }
    return topology;
  }

  /** The node that publishes to this topic: {@code loyalty.points-posted.v1} by points-posted. */
  static String publisherOf(Topic<?> topic) {
    return topic == Topics.LINK_UPDATES
        ? LINKS
        : topic.name().replaceFirst("^loyalty\\.", "").replaceFirst("\\.v\\d+$", "");
  }
}
