package com.xxxchatnow.loyalty.webhook.router;

import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.kit.deadletter.Rejections;
import com.xxxchatnow.loyalty.kit.streams.DeadLetters;
import com.xxxchatnow.loyalty.kit.streams.TimestampOrNow;
import com.xxxchatnow.loyalty.kit.telemetry.Tracing;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.util.List;
import java.util.function.LongSupplier;
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
 *                                      dead letters, rejections ◄─ follow-links ◄─┘ (and its other writer)
 * </pre>
 *
 * The first repartition brings all webhooks about a member to one task, wherever a record was
 * written: by the HTTP server (to the right partition already, so that order holds), a backfill or
 * a replay. The second brings all links of a user to one task, which also reads what is on the
 * topic of links.
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
  static final String KNOWN_LINKS = "known-links";
  static final String FOLLOW_LINKS = "follow-links";
  static final String LINK_DEAD_LETTERS = "link-dead-letters";
  static final String REJECTIONS = "rejections";

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

  /**
   * @param clock the wall clock, which may be wrong
   * @param nanos a clock that never jumps, as {@link System#nanoTime()}
   */
  static Topology of(
      AvroSerdes serdes, RouterMetrics metrics, Tracing tracing, Clock clock, LongSupplier nanos) {
    var builder = new StreamsBuilder();
    var strings = Serdes.String();
    var bytes = Serdes.ByteArray();
    var links = serdes.serde(Topics.LINK_UPDATES);
    addStores(builder, links);
    var rejections = new Rejections(serdes.serializer(), Router.SERVICE, clock);
    var source = Consumed.with(bytes, bytes).withTimestampExtractor(new TimestampOrNow(clock));

    builder.stream(Topics.WEBHOOKS.name(), source.withName(WEBHOOKS))
        .process(
            () ->
                new WebhookClassifier(
                    new RecordReader<>(serdes.deserializer()),
                    metrics,
                    deadLetters(DEAD_LETTERS, metrics, rejections, clock)),
            Named.as(SORT))
        .repartition(
            Repartitioned.with(bytes, bytes)
                .withName(BY_SUBJECT)
                .withNumberOfPartitions(Topics.WEBHOOKS.partitions()))
        .process(
            () -> new DedupPublisher(serdes.deserializer(), metrics, tracing, clock, nanos),
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
    builder.stream(Topics.LINK_UPDATES.name(), source.withName(KNOWN_LINKS))
        .process(
            () ->
                new LinkUpdatesFollower(
                    new RecordReader<>(serdes.deserializer()),
                    deadLetters(LINK_DEAD_LETTERS, metrics, rejections, clock)),
            Named.as(FOLLOW_LINKS),
            LatestLinkFilter.STORE);
    return withSinks(builder.build(), serdes);
  }

  private static DeadLetters deadLetters(
      String sink, RouterMetrics metrics, Rejections rejections, Clock clock) {
    return new DeadLetters(
        Router.SERVICE,
        sink,
        REJECTIONS,
        rejections,
        (_, reason) -> metrics.deadLetter(reason),
        clock);
  }

  private static void addStores(StreamsBuilder builder, Serde<LinkUpdated> links) {
    var strings = Serdes.String();
    builder.addStateStore(DedupStore.store());
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(DedupPublisher.LINKS), strings, strings));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(LatestLinkFilter.STORE), strings, links));
  }

  private static Topology withSinks(Topology topology, AvroSerdes serdes) {
    var bytes = Serdes.ByteArray().serializer();
    topology.addSink(DEAD_LETTERS, deadLetters(Topics.WEBHOOKS), bytes, bytes, SORT);
    topology.addSink(
        LINK_DEAD_LETTERS, deadLetters(Topics.LINK_UPDATES), bytes, bytes, FOLLOW_LINKS);
    topology.addSink(REJECTIONS, Topics.REJECTIONS.name(), bytes, bytes, FOLLOW_LINKS);
    for (var topic : PUBLISHED) {
      topology.addSink(
          publisherOf(topic),
          topic.name(),
          Serdes.String().serializer(),
          serdes.<SpecificRecord>serializer(),
          PUBLISH_ONCE);
    }
    return topology;
  }

  private static String deadLetters(Topic<?> topic) {
    return topic.name() + Topic.DEAD_LETTER_SUFFIX;
  }

  /** The node that publishes to this topic: {@code loyalty.points-posted.v1} by points-posted. */
  static String publisherOf(Topic<?> topic) {
    return topic.equals(Topics.LINK_UPDATES)
        ? LINKS
        : topic.name().replaceFirst("^loyalty\\.", "").replaceFirst("\\.v\\d+$", "");
  }
}
