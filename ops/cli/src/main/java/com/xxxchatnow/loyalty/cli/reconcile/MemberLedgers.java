package com.xxxchatnow.loyalty.cli.reconcile;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.UserError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Does something with RRR's ledger for every spilled member: several at a time, because RRR's
 * answers take longer than its rate limit needs; in order, so that a run repeats.
 */
record MemberLedgers(Clients clients, Console out) {
  private static final int AT_A_TIME = 16;

  /** The work on one member; runs on several threads. */
  interface Work<T> {
    List<T> of(String member, List<ExpectedEntry> claims) throws InterruptedException;
  }

  /** Takes the results of a share of the members, on one thread. */
  interface Taker<T> {
    void take(List<T> results) throws IOException, InterruptedException;
  }

  /** Answers how many members there were; stops early when the operator asks. */
  <T> long run(Spill spill, Work<T> work, Taker<T> taker) throws IOException, InterruptedException {
    var members = 0L;
    try (var threads = Executors.newFixedThreadPool(AT_A_TIME, Thread.ofVirtual().factory())) {
      for (var share = 0; share < Spill.SHARES && !clients.stop().asked(); share++) {
        var claims = spill.share(share);
        var tasks = new ArrayList<Callable<List<T>>>();
        claims.forEach((member, ofMember) -> tasks.add(() -> work.of(member, ofMember)));
        taker.take(results(threads, tasks));
        members += tasks.size();
        if (!tasks.isEmpty())
          out.progress(share + 1, Spill.SHARES, "shares, %d members".formatted(members));
      }
    }
    return members;
  }

  private static <T> List<T> results(ExecutorService threads, List<Callable<List<T>>> tasks)
      throws InterruptedException {
    var results = new ArrayList<T>();
    for (var done : threads.invokeAll(tasks)) {
      try {
        results.addAll(done.get());
      } catch (ExecutionException failure) {
        threads.shutdownNow();
        if (failure.getCause() instanceof UserError error) throw error;
        throw new IllegalStateException(failure.getCause());
      }
    }
    return results;
  }
}
