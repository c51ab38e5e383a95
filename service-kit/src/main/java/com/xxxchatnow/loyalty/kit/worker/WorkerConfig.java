package com.xxxchatnow.loyalty.kit.worker;

import com.xxxchatnow.loyalty.kit.settings.KafkaSettings;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * What a {@link Worker} reads and its bounds.
 *
 * @param topic the topic it consumes
 * @param group its consumer group; also the prefix of its transactional id
 * @param maxUnfinished records of one partition that may be read and not committed at a time; a
 *     partition that reaches it is paused (one poll may overshoot it)
 * @param maxHeldBytes bytes that the read and not committed records of all partitions may take at a
 *     time; a partition that reaches its equal part of it is paused (one poll may overshoot it)
 * @param stopWithin how long a stop lets running handlers finish; the rest is redone by the next
 *     owner
 * @param session after how long of silence the group gives a member's partitions to others, who
 *     hear of it at once; null: as the cluster has it
 * @param identity under which the side effects are had, such as the format of RRR's idempotency
 *     keys and the client id, at most 100 characters: it is kept with the group's progress, and a
 *     worker with another one ends, because what is in flight would be done twice ({@link
 *     WorkerIdentity}); null: none is kept
 * @param intake asked in each turn; false: what a former owner may have begun is finished, nothing
 *     else is begun, and the progress says so
 * @param faultPoints a test's way to stop a process between two steps
 */
public record WorkerConfig(
    String topic,
    String group,
    KafkaSettings kafka,
    int maxUnfinished,
    long maxHeldBytes,
    Duration stopWithin,
    Duration session,
    String identity,
    BooleanSupplier intake,
    FaultPoints faultPoints) {
  private static final int MAX_UNFINISHED = 250;

  /** A record takes several times its bytes while it is decoded, sent and answered. */
  private static final long MAX_HELD_BYTES = Runtime.getRuntime().maxMemory() / 16;

  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

  /** The steps of a record on its way; a crash between any two of them must change nothing. */
  public enum Step {
    POLLED,
    HANDLING,
    HANDLED,
    PRODUCED,
    OFFSETS_SENT,
    COMMITTED
  }

  /** Told of each step as it is reached, on the thread that reached it. */
  public interface FaultPoints {
    FaultPoints IGNORED = step -> {};

    void reached(Step step);
  }

  public static WorkerConfig of(String topic, String group, KafkaSettings kafka) {
    return new WorkerConfig(
        topic,
        group,
        kafka,
        MAX_UNFINISHED,
        MAX_HELD_BYTES,
        STOP_WITHIN,
        null,
        null,
        () -> true,
        FaultPoints.IGNORED);
  }

  public WorkerConfig withMaxUnfinished(int records) {
    return new WorkerConfig(
        topic,
        group,
        kafka,
        records,
        maxHeldBytes,
        stopWithin,
        session,
        identity,
        intake,
        faultPoints);
  }

  public WorkerConfig withMaxHeldBytes(long bytes) {
    return new WorkerConfig(
        topic,
        group,
        kafka,
        maxUnfinished,
        bytes,
        stopWithin,
        session,
        identity,
        intake,
        faultPoints);
  }

  public WorkerConfig withStopWithin(Duration limit) {
    return new WorkerConfig(
        topic,
        group,
        kafka,
        maxUnfinished,
        maxHeldBytes,
        limit,
        session,
        identity,
        intake,
        faultPoints);
  }

  public WorkerConfig withSession(Duration silence) {
    return new WorkerConfig(
        topic,
        group,
        kafka,
        maxUnfinished,
        maxHeldBytes,
        stopWithin,
        silence,
        identity,
        intake,
        faultPoints);
  }

  public WorkerConfig withIdentity(String name) {
    return new WorkerConfig(
        topic,
        group,
        kafka,
        maxUnfinished,
        maxHeldBytes,
        stopWithin,
        session,
        name,
        intake,
        faultPoints);
  }

  public WorkerConfig withIntake(BooleanSupplier open) {
    return new WorkerConfig(
        topic,
        group,
        kafka,
        maxUnfinished,
        maxHeldBytes,
        stopWithin,
        session,
        identity,
        open,
        faultPoints);
  }

  public WorkerConfig withFaultPoints(FaultPoints listener) {
    return new WorkerConfig(
        topic,
        group,
        kafka,
        maxUnfinished,
        maxHeldBytes,
        stopWithin,
        session,
        identity,
        intake,
        listener);
  }
}
