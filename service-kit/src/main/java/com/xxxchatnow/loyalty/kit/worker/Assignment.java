package com.xxxchatnow.loyalty.kit.worker;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** What is ours, and which part of the whole it is. Called by the consumer within its poll. */
final class Assignment implements ConsumerRebalanceListener {
  private static final Duration ASKING = Duration.ofSeconds(10);
  private static final Duration ASKING_AGAIN = Duration.ofSeconds(5);

  private final String topic;
  private final Consumer<?, ?> consumer;
  private final Map<TopicPartition, PartitionState> states;
  private final DoubleConsumer share;
  private final java.util.function.Consumer<String> problem;
  private final Set<TopicPartition> mine = new HashSet<>();
  private int all;
  private boolean changed;
  private long askFrom = System.nanoTime();

  /**
   * @param states those of revoked partitions are dropped
   * @param share told how much of the topic is assigned, 0 to 1, at each change
   * @param problem told that the topic does not exist; null: it does
   */
  Assignment(
      String topic,
      Consumer<?, ?> consumer,
      Map<TopicPartition, PartitionState> states,
      DoubleConsumer share,
      java.util.function.Consumer<String> problem) {
    this.topic = topic;
    this.consumer = consumer;
    this.states = states;
    this.share = share;
    this.problem = problem;
  }

  /** Assigned partitions. */
  int size() {
    return mine.size();
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    mine.addAll(partitions);
    changed = true;
  }

  /** Nothing is committed here: what is not settled is redone by the next owner. */
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    for (var partition : partitions) {
      mine.remove(partition);
      var state = states.remove(partition);
      if (state != null) state.drop();
    }
    tell();
  }

  /** A grown share is told after the poll, a shrunken one at once. */
  void announce() {
    if (!changed && (!mine.isEmpty() || System.nanoTime() - askFrom < 0)) return;
    try {
      all = consumer.partitionsFor(topic, ASKING).size();
    } catch (WakeupException meantForThePollBefore) {
      return;
    }
    askFrom = System.nanoTime() + ASKING_AGAIN.toNanos();
    problem.accept(all == 0 ? "topic " + topic + " does not exist" : null);
    changed = false;
    tell();
  }

  private void tell() {
    if (all == 0) return;
    share.accept(mine.isEmpty() ? 0 : (double) mine.size() / Math.max(all, mine.size()));
  }
}
