package com.xxxchatnow.loyalty.earn;

import com.xxxchatnow.loyalty.rrr.api.CallOptions;
import com.xxxchatnow.loyalty.rrr.api.EarnItem;
import com.xxxchatnow.loyalty.rrr.api.EarnItemResult;
import com.xxxchatnow.loyalty.rrr.api.EarnRequest;
import com.xxxchatnow.loyalty.rrr.api.Earned;
import com.xxxchatnow.loyalty.rrr.api.Outcome;
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
 * at once and singly, and nothing ever waits for a batch to fill.
 *
 * <p>Each item keeps its own idempotency key, singly and in any batch, so that after a crash it may
 * go with others. A batch without an answer is repeated as it is by the client.
 */
final class BatchEarnClient implements EarnClient, AutoCloseable {
  private static final int CALLS = 8;

  /** A call of RRR's batch endpoint. */
  interface Batch {
    Outcome<List<EarnItemResult>> earn(List<EarnItem> items, CallOptions call)
        throws InterruptedException;
  }

  /**
   * @param alone whether a batch did not decide it: it then goes singly
   * @param attempts calls that did not decide it
   */
  private record Item(
      EarnRequest request,
      CallOptions call,
      boolean alone,
      int attempts,
      CompletableFuture<Outcome<Earned>> outcome) {
    Item again(int more) {
      return new Item(request, call, true, attempts + more, outcome);
    }
  }

  private final int size;
  private final EarnClient single;
  private final Batch batch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Item> waiting = new ArrayDeque<>();
  private final Set<Thread> calls = ConcurrentHashMap.newKeySet();
  private int busy;

  /**
   * @param size most items of a batch
   */
  BatchEarnClient(int size, EarnClient single, Batch batch) {
    this.size = size;
    this.single = single;
    this.batch = batch;
  }

  @Override
  public Outcome<Earned> earn(EarnRequest request, CallOptions call) throws InterruptedException {
    var item = new Item(request, call, false, 0, new CompletableFuture<>());
    enqueue(item);
    try {
      return item.outcome().get();
    } catch (ExecutionException failure) {
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
      Thread.ofVirtual().name("earn-call").start(this::callWhileSomebodyWaits);
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

  private void callWhileSomebodyWaits() {
    calls.add(Thread.currentThread());
    try {
      for (var items = next(); !items.isEmpty(); items = next()) call(items);
    } finally {
      calls.remove(Thread.currentThread());
    }
  }

  /** The next items to go together, never two of one key; none: this call's place is free. */
  private List<Item> next() {
    lock.lock();
    try {
      var items = new ArrayList<Item>();
      var keys = new HashSet<String>();
      for (var each = waiting.iterator(); each.hasNext() && items.size() < size; ) {
        var item = each.next();
        if (item.alone() && !items.isEmpty()) break;
        if (!keys.add(item.call().idempotencyKey())) continue;
        each.remove();
        items.add(item);
        if (item.alone()) break;
      }
      if (items.isEmpty()) busy--;
      return items;
    } finally {
      lock.unlock();
    }
  }

  private void call(List<Item> items) {
    try {
      if (items.size() == 1) decide(items.getFirst());
      else decide(items);
    } catch (InterruptedException | RuntimeException failure) {
      items.forEach(item -> item.outcome().completeExceptionally(failure));
    }
  }

  /** A batch has one trace, its first item's: the others' calls are not seen in theirs. */
  private static CallOptions ofAll(CallOptions first) {
    return new CallOptions(null, first.trace(), first.priority(), null, first.traceparent());
  }

  private void decide(Item item) throws InterruptedException {
    var outcome = single.earn(item.request(), item.call());
    item.outcome()
        .complete(
            switch (outcome) {
              case Outcome.Done<Earned>(var earned, var attempts, var waited) ->
                  new Outcome.Done<>(earned, attempts + item.attempts(), waited);
              case Outcome.Refused<Earned>(
                      var why,
                      var code,
                      var detail,
                      var attempts,
                      var waited) ->
                  new Outcome.Refused<>(why, code, detail, attempts + item.attempts(), waited);
              case Outcome.Unanswered<Earned> later -> later;
            });
  }

  private void decide(List<Item> items) throws InterruptedException {
    var asked =
        items.stream()
            .map(item -> new EarnItem(item.request(), item.call().idempotencyKey()))
            .toList();
    switch (batch.earn(asked, ofAll(items.getFirst().call()))) {
      case Outcome.Done<List<EarnItemResult>>(var results, var attempts, var waited) -> {
        for (var i = 0; i < items.size(); i++)
          decided(items.get(i), results.get(i), attempts, waited);
      }
      // One of them may be at fault: singly each is judged by itself.
      case Outcome.Refused<?> refused -> items.forEach(item -> alone(item, refused.attempts()));
      case Outcome.Unanswered<?> later -> items.forEach(item -> alone(item, later.attempts()));
    }
  }

  private void decided(Item item, EarnItemResult result, int attempts, Duration waited) {
    switch (result) {
      case EarnItemResult.Accepted(var _, var earned) ->
          item.outcome().complete(new Outcome.Done<>(earned, attempts, waited));
      case EarnItemResult.Rejected(var _, var why, var code, var detail) ->
          item.outcome().complete(new Outcome.Refused<>(why, code, detail, attempts, waited));
      case EarnItemResult.Undecided _ -> alone(item, attempts);
    }
  }

  private void alone(Item item, int attempts) {
    lock.lock();
    try {
      waiting.addFirst(item.again(attempts));
    } finally {
      lock.unlock();
    }
  }

  /** Ends the calls under way; their callers are gone. */
  @Override
  public void close() {
    calls.forEach(Thread::interrupt);
  }
}
