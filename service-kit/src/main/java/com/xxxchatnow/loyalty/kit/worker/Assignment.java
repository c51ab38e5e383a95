package com.xxxchatnow.loyalty.kit.worker;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The assigned partitions, and which share of the topic they are. Called by the consumer within its
 * poll.
 */
final class Assignment implements ConsumerRebalanceListener {
  private static final Duration ASK_EVERY = Duration.ofSeconds(30);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  private final String topic;
  private final IntSupplier partitionCount;
  private final Map<TopicPartition, PartitionState> states;
  private final DoubleConsumer share;
  private final Consumer<String> problem;
  private final Set<TopicPartition> mine = new HashSet<>();
  private int all;
  private double announced;
  private boolean changed;
  private long askFrom = System.nanoTime();

  /**
   * @param partitionCount how many partitions the topic has now, 0 when it does not exist
   * @param states those of revoked partitions are dropped
   * @param share called with how much of the topic is assigned, 0 to 1, at each change
   * @param problem called with the problem that the topic does not exist; null: it does
   */
  Assignment(
      String topic,
      IntSupplier partitionCount,
      Map<TopicPartition, PartitionState> states,
      DoubleConsumer share,
      Consumer<String> problem) {
    this.topic = topic;
    this.partitionCount = partitionCount;
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

  /** Nothing is committed here: what is not committed is redone by the next owner. */
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    for (var partition : partitions) {
      mine.remove(partition);
      var state = states.remove(partition);
      if (state != null) state.drop();
    }
    announceShare(Math.min(announced, shareOf(all)));
  }

  /**
   * Announces a grown share after the poll; a shrunken one was announced at once. The topic may
   * grow: its partitions are counted again at each assignment and from time to time, and until they
   * could be counted the share does not grow.
   */
  void announce() {
    if (!changed && System.nanoTime() - askFrom < 0) return;
    int counted;
    try {
      counted = partitionCount.getAsInt();
    } catch (RetriableException inDoubt) {
      askFrom = System.nanoTime() + ASK_AGAIN.toNanos();
      announceShare(Math.min(announced, shareOf(all)));
      return;
    }
    changed = false;
    askFrom = System.nanoTime() + (counted == 0 ? ASK_AGAIN : ASK_EVERY).toNanos();
    problem.accept(counted == 0 ? "topic " + topic + " does not exist: create it" : null);
    all = counted;
    announceShare(shareOf(all));
  }

  private double shareOf(int partitions) {
    return mine.isEmpty() ? 0 : (double) mine.size() / Math.max(partitions, mine.size());
  }

  private void announceShare(double now) {
    announced = now;
    share.accept(now);
  }
}
