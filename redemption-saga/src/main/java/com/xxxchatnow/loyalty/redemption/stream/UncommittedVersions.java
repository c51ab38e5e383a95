package com.xxxchatnow.loyalty.redemption.stream;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.processor.TaskId;

/**
 * The versions that are in the store and not committed in Kafka yet. A query must not answer them:
 * after a crash the order may take another way, and a checkout would have charged a discount that
 * nobody gave.
 */
public final class UncommittedVersions {
  private record Version(long lowest, long newest, TaskId task, CompletableFuture<Void> settled) {
    Version woken() {
      settled.complete(null);
      return new Version(lowest, newest, task, new CompletableFuture<>());
    }
  }

  private final Map<String, Version> versions = new ConcurrentHashMap<>();

  /** To be called before the version is put into the store. */
  void written(TaskId task, String orderId, long version) {
    versions.compute(
        orderId,
        (_, former) ->
            new Version(
                former == null ? version : Math.min(former.lowest, version),
                version,
                task,
                former == null ? new CompletableFuture<>() : former.settled));
  }

  /** A read_committed reader has seen the version. */
  public void committed(String orderId, long version) {
    settle(orderId, each -> each.newest <= version);
    versions.computeIfPresent(
        orderId,
        (_, left) ->
            left.lowest > version
                ? left
                : new Version(version + 1, left.newest, left.task, left.settled));
  }

  /**
   * The task ends here: whoever waits looks again, in the store if it still has one, or elsewhere.
   * What was not committed may still be seen in a store that is about to be closed.
   */
  void ended(TaskId task) {
    versions.replaceAll((_, version) -> version.task.equals(task) ? version.woken() : version);
  }

  /** The task begins here: its store holds what is committed, and nothing else. */
  void began(TaskId task) {
    versions.keySet().forEach(orderId -> settle(orderId, each -> each.task.equals(task)));
  }

  /** Whether this version may be shown. */
  public boolean isCommitted(String orderId, long version) {
    var newest = versions.get(orderId);
    return newest == null || newest.lowest > version;
  }

  /** Waits until what is uncommitted now is committed or gone; false when it took longer. */
  public boolean await(String orderId, Duration limit) throws InterruptedException {
    var newest = versions.get(orderId);
    if (newest == null) return true;
    try {
      newest.settled.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private interface Which {
    boolean test(Version version);
  }

  private void settle(String orderId, Which which) {
    versions.computeIfPresent(
        orderId,
        (_, version) -> {
          if (!which.test(version)) return version;
          version.settled.complete(null);
          return null;
        });
  }
}
