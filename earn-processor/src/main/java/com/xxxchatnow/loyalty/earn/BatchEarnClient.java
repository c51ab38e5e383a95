package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnItemResult;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes batches of what is waiting anyway: a few calls at a time are under way, and whoever comes
 * when all of them are busy goes with the next one. So a purchase that finds nobody waiting is sent
 * at once in a batch of one, and nothing ever waits for a batch to fill.
 *
 * <p>Each item keeps its own idempotency key in any batch, so that after a crash it may go with
 * others. What a batch leaves open goes alone, in batches of one: RRR remembers keys per endpoint,
 * so the single call would book it again.
 */
final class BatchEarnClient implements EarnClient, AutoCloseable {
  private static final int CALLS = 8;

  /** Longer than RRR takes to answer; the others then do not wait for the one item it stalls on. */
  private static final Duration MAX_BATCH_TIME = Duration.ofSeconds(20);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** A call of RRR's batch endpoint. */
  interface Batch {
    /**
     * @param round 1, or one more each time the same items are asked about anew
     */
    Outcome<List<EarnItemResult>> earn(List<EarnItem> items, int round, CallOptions call)
        throws InterruptedException;
  }

  private record Item(
      EarnRequest request, CallOptions call, CompletableFuture<Outcome<Earned>> outcome) {
    EarnItem earn() {
      return new EarnItem(request, call.idempotencyKey(), call.keyFormat());
    }
  }

  private final int size;
  private final Batch batch;
  private final Clock clock;
  private final Duration maxBatchTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Item> waiting = new ArrayDeque<>();
  private final Set<Thread> calls = ConcurrentHashMap.newKeySet();
  private int busy;

  /**
   * @param size most items of a batch
   */
  BatchEarnClient(int size, Batch batch, Clock clock) {
    this(size, batch, clock, MAX_BATCH_TIME);
  }

  /**
   * @param maxBatchTime how long a batch of several may take before each of its items goes alone
   */
  BatchEarnClient(int size, Batch batch, Clock clock, Duration maxBatchTime) {
    this.size = size;
    this.batch = batch;
    this.clock = clock;
    this.maxBatchTime = maxBatchTime;
  }

  @Override
  public Outcome<Earned> earn(EarnRequest request, CallOptions call) throws InterruptedException {
    var item = new Item(request, call, new CompletableFuture<>());
    enqueue(item);
    try {
      return item.outcome().get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof Error error) throw error;
      throw new IllegalStateException(failure.getCause());
    } finally {
      // Interrupted: nobody wants the answer any more. What is under way is harmless, by its key.
      if (!item.outcome().isDone()) forget(item);
    }
  }

  private void enqueue(Item item) {
    lock.lock();
    try {
      waiting.addLast(item);
      if (busy == CALLS) return;
      busy++;
      start(this::callWhileItemsWait);
    } finally {
      lock.unlock();
    }
  }

  /** Items that are in no call yet. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  private void forget(Item item) {
    lock.lock();
    try {
      waiting.remove(item);
    } finally {
      lock.unlock();
    }
  }

  private void start(Runnable call) {
    Thread.ofVirtual()
        .name("earn-call")
        .start(() -> {
          calls.add(Thread.currentThread());
          try {
            call.run();
          } finally {
            calls.remove(Thread.currentThread());
          }
        });
  }

  private void callWhileItemsWait() {
    for (var items = next(); !items.isEmpty(); items = next()) call(items);
  }

  /** The next items to go together, never two of one key; none: this call's place is free. */
  private List<Item> next() {
    lock.lock();
    try {
      var items = new ArrayList<Item>();
      var keys = new HashSet<String>();
      for (var each = waiting.iterator(); each.hasNext() && items.size() < size; ) {
        var item = each.next();
        if (!keys.add(item.call().idempotencyKey())) continue;
        each.remove();
        items.add(item);
      }
      if (items.isEmpty()) busy--;
      return items;
    } finally {
      lock.unlock();
    }
  }

  /** Whatever a call throws is its items' alone: the place goes to the next ones. */
  private void call(List<Item> items) {
    try {
      if (items.size() == 1) alone(items.getFirst(), 0);
      else together(items);
    } catch (Throwable failure) {
      items.forEach(item -> item.outcome().completeExceptionally(failure));
      if (failure instanceof InterruptedException) Thread.currentThread().interrupt();
    }
  }

  private void together(List<Item> items) throws InterruptedException {
    var first = items.getFirst().call();
    // A batch has one trace, its first item's: the others' calls are not seen in theirs.
    var call =
        new CallOptions(
            null,
            first.trace(),
            first.priority(),
            clock.instant().plus(maxBatchTime),
            first.traceparent());
    switch (batch.earn(items.stream().map(Item::earn).toList(), 1, call)) {
      case Outcome.Done<List<EarnItemResult>>(var results, var attempts, var waited) -> {
        for (var i = 0; i < items.size(); i++)
          if (!decided(items.get(i), results.get(i), attempts, waited))
            startAlone(items.get(i), attempts);
      }
      // One of them may be at fault: alone each is judged by itself.
      case Outcome.Refused<?> refused ->
          items.forEach(item -> startAlone(item, refused.attempts()));
      case Outcome.Unanswered<?> unanswered ->
          items.forEach(item -> startAlone(item, unanswered.attempts()));
    }
  }

  /** In no call's place: an item that stalls must not hold up those who wait. */
  private void startAlone(Item item, int attempts) {
    start(() -> {
      try {
        alone(item, attempts);
      } catch (Throwable failure) {
        item.outcome().completeExceptionally(failure);
      }
    });
  }

  /** Goes on until the item is decided; RRR repeats its answer to a round, so each is another. */
  private void alone(Item item, int formerAttempts) throws InterruptedException {
    var own = item.call();
    var call = new CallOptions(null, own.trace(), own.priority(), null, own.traceparent());
    var attempts = formerAttempts;
    for (var round = 1; !item.outcome().isDone(); round++) {
      var outcome = batch.earn(List.of(item.earn()), round, call);
      attempts += outcome.attempts();
      switch (outcome) {
        case Outcome.Done<List<EarnItemResult>>(var results, _, var waited) -> {
          if (!decided(item, results.getFirst(), attempts, waited)) Thread.sleep(PAUSE);
        }
        case Outcome.Refused<?>(var why, var code, var detail, _, var waited) ->
            item.outcome().complete(new Outcome.Refused<>(why, code, detail, attempts, waited));
        case Outcome.Unanswered<?>(var how, _, var waited) ->
            item.outcome().complete(new Outcome.Unanswered<>(how, attempts, waited));
      }
    }
  }

  /** Returns whether it is. */
  private static boolean decided(Item item, EarnItemResult result, int attempts, Duration waited) {
    return switch (result) {
      case EarnItemResult.Accepted(var _, var earned) ->
          item.outcome().complete(new Outcome.Done<>(earned, attempts, waited));
      case EarnItemResult.Rejected(var _, var why, var code, var detail) ->
          item.outcome().complete(new Outcome.Refused<>(why, code, detail, attempts, waited));
      case EarnItemResult.Undecided _ -> false;
    };
  }

  /** Ends the calls under way; their callers are gone. */
  @Override
  public void close() {
    calls.forEach(Thread::interrupt);
  }
}
