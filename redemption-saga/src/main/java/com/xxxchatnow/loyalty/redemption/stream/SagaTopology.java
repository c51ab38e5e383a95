package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.kit.deadletter.Rejections;
import com.xxxchatnow.loyalty.kit.streams.DeadLetters;
import com.xxxchatnow.loyalty.kit.streams.TimestampOrNow;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

/**
 * The picture: four topics in, one processor with one store, announcements, calls and dead letters
 * out. Names of nodes and stores are part of the changelogs' names: changing one orphans state,
 * which the golden {@code topology.txt} shows in a review.
 *
 * <p>All is bytes at the edges, so that bytes nobody can read take the same road as the others.
 */
public final class SagaTopology {
  public static final String REDEMPTIONS = "redemptions";

  static final String ANNOUNCEMENTS = "announcements";
  static final String CALLS = "calls";
  static final String DEAD_LETTERS = "dead-letters";
  static final String REJECTIONS = "rejections";
  private static final String SAGA = "saga";

  /** The sources by their node's name. */
  private static final Map<String, Topic<?>> SOURCES =
      Map.of(
          "requests", Topics.REDEMPTION_REQUESTS,
          "outcomes", Topics.PAYMENT_OUTCOMES,
          "replies", Topics.REDEMPTION_REPLIES,
          "repairs", Topics.REDEMPTION_REPAIRS);

  private SagaTopology() {}

  /** The source's own dead letter topic; a class and not a lambda, so that describe() is stable. */
  private record DeadLetterTopic() implements TopicNameExtractor<byte[], byte[]> {
    @Override
    public String extract(byte[] key, byte[] value, RecordContext source) {
      return source.topic() + Topic.DEAD_LETTER_SUFFIX;
    }
  }

  /**
   * @param clock the time of records without a timestamp
   */
  static Topology of(ProcessorSupplier<byte[], byte[], byte[], byte[]> saga, Clock clock) {
    var topology = new Topology();
    for (var source : List.of("requests", "outcomes", "replies", "repairs")) {
      topology.addSource(
          (AutoOffsetReset) null,
          source,
          new TimestampOrNow(clock),
          new ByteArrayDeserializer(),
          new ByteArrayDeserializer(),
          SOURCES.get(source).name());
    }
    topology
        .addProcessor(SAGA, saga, "requests", "outcomes", "replies", "repairs")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(REDEMPTIONS), Serdes.Bytes(), Serdes.ByteArray()),
            SAGA);
    sink(topology, ANNOUNCEMENTS, Topics.REDEMPTIONS);
    sink(topology, CALLS, Topics.REDEMPTION_CALLS);
    sink(topology, REJECTIONS, Topics.REJECTIONS);
    topology.addSink(
        DEAD_LETTERS,
        new DeadLetterTopic(),
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        SAGA);
    return topology;
  }

  static DeadLetters deadLetters(
      String service, AvroSerdes serdes, SagaMetrics metrics, Clock clock) {
    return new DeadLetters(
        service,
        DEAD_LETTERS,
        REJECTIONS,
        new Rejections(serdes.serializer(), service, clock),
        metrics::deadLettered,
        clock);
  }

  private static void sink(Topology topology, String name, Topic<?> topic) {
    topology.addSink(
        name, topic.name(), new ByteArraySerializer(), new ByteArraySerializer(), SAGA);
  }
}
