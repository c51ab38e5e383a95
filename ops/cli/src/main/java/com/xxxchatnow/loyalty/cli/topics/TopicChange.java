package com.xxxchatnow.loyalty.cli.topics;

import com.xxxchatnow.loyalty.schemas.Topic;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One difference between the topics as they are and as they shall be. */
sealed interface TopicChange {
  String topic();

  /** What changes: {@code partitions}, {@code replicas} or the name of a setting. */
  String what();

  /** The change in words. */
  String line();

  /** What could be lost by it, so that it is made only when allowed; null when nothing. */
  String risk();

  /** Why Kafka can't do it; null when it can. */
  default String impossible() {
    return null;
  }

  /** The word that allows it: {@code --allow TOPIC:WHAT}. */
  default String allowance() {
    return topic() + ":" + what();
  }

  /** A topic that is not there. */
  record Create(TopicState wanted) implements TopicChange {
    @Override
    public String topic() {
      return wanted.name();
    }

    @Override
    public String what() {
      return "create";
    }

    @Override
    public String line() {
      return "create with %d %s, %d %s; %s"
          .formatted(
              wanted.partitions(),
              wanted.partitions() == 1 ? "partition" : "partitions",
              wanted.replicas(),
              wanted.replicas() == 1 ? "replica" : "replicas",
              wanted.config().entrySet().stream()
                  .map(Map.Entry::toString)
                  .collect(Collectors.joining(" ")));
    }

    @Override
    public String risk() {
      return null;
    }
  }

  /** Another number of partitions. */
  record Partitions(String topic, int from, int to) implements TopicChange {
    /** What the saga and the router read: both end when its number changes. */
    private static final Set<String> READ_BY_STREAMS =
        Stream.of(
                Topics.REDEMPTION_REQUESTS,
                Topics.PAYMENT_OUTCOMES,
                Topics.REDEMPTION_REPLIES,
                Topics.REDEMPTION_REPAIRS,
                Topics.WEBHOOKS,
                Topics.LINK_UPDATES)
            .map(Topic::name)
            .collect(Collectors.toUnmodifiableSet());

    @Override
    public String what() {
      return "partitions";
    }

    @Override
    public String line() {
      return "partitions %d → %d".formatted(from, to);
    }

    @Override
    public String risk() {
      return "keys move to other partitions: the order of a key and the state of Kafka Streams"
          + " break";
    }

    @Override
    public String impossible() {
      if (to < from) return "Kafka can't take partitions away; make a new topic";
      return READ_BY_STREAMS.contains(topic)
          ? "a Kafka Streams application reads it, whose stores keep their number of partitions:"
              + " move to a new application (runbook: Partition increase)"
          : null;
    }
  }

  /** Another number of replicas. */
  record Replicas(String topic, int from, int to) implements TopicChange {
    @Override
    public String what() {
      return "replicas";
    }

    @Override
    public String line() {
      return "replicas %d → %d".formatted(from, to);
    }

    @Override
    public String risk() {
      return null;
    }

    @Override
    public String impossible() {
      return "brokers must be chosen: kafka-reassign-partitions.sh";
    }
  }

  /** Another value of a setting. */
  record Config(String topic, String what, String from, String to) implements TopicChange {
    private static final Set<String> LOWER_IS_RISKY =
        Set.of("retention.ms", "retention.bytes", TopicState.MIN_INSYNC, "max.message.bytes");

    @Override
    public String line() {
      return "%s %s → %s".formatted(what, shown(from), shown(to));
    }

    @Override
    public String risk() {
      if (what.equals("cleanup.policy")) return "records may be removed that were to be kept";
      return LOWER_IS_RISKY.contains(what) && lower() ? "lower than it is" : null;
    }

    private boolean lower() {
      return size(to) < size(from);
    }

    /** A limit as a size; -1 is none. */
    private static long size(String limit) {
      if (limit == null || !limit.matches("-?\\d{1,18}")) return 0;
      var number = Long.parseLong(limit);
      return number < 0 ? Long.MAX_VALUE : number;
    }

    private String shown(String value) {
      if (value == null) return "(not set)";
      return what.endsWith(".ms") && value.matches("\\d+")
          ? value + " (" + TopicsFile.days(value) + ")"
          : value;
    }
  }
}
