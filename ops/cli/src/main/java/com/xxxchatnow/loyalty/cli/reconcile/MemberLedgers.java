package com.xxxchatnow.loyalty.cli.reconcile;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.UserError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does something with RRR's ledger for every spilled member: several at a time, because RRR's
 * answers take longer than its rate limit needs; in order, so that a run repeats. A member whose
 * ledger RRR does not give is noted, and the others go on.
 *
 * @param firstShare where an earlier run stopped; 0: the beginning
 */
record MemberLedgers(Clients clients, Console out, int firstShare) {
  private static final int AT_A_TIME = 16;

  /** So many members without an answer in a row, and RRR is taken to be unavailable. */
  private static final int UNAVAILABLE_AFTER = 2 * AT_A_TIME;

  /** The work on one member; runs on several threads. */
  interface Work<T> {
    List<T> of(String member, List<ExpectedEntry> claims) throws InterruptedException;
  }

  /** Takes the results of a share of the members, on one thread. */
  interface Taker<T> {
    void take(List<T> results) throws IOException, InterruptedException;
  }

  /**
   * How far it came.
   *
   * @param members whose ledgers were read
   * @param failed by member: why its ledger was not
   * @param nextShare the first share that was not begun; {@link Spill#SHARES}: all were
   */
  record Coverage(long members, Map<String, String> failed, int nextShare) {
    boolean whole() {
      return nextShare == Spill.SHARES && failed.isEmpty();
    }
  }

  /** Stops early when the operator asks, and when RRR answers nobody any more. */
  <T> Coverage run(Spill spill, Work<T> work, Taker<T> taker)
      throws IOException, InterruptedException {
    var members = 0L;
    var failed = new LinkedHashMap<String, String>();
    var share = firstShare;
    try (var threads = Executors.newFixedThreadPool(AT_A_TIME, Thread.ofVirtual().factory())) {
      for (var inARow = 0;
          share < Spill.SHARES && !clients.stop().asked() && inARow < UNAVAILABLE_AFTER;
          share++) {
        var claims = spill.share(share);
        var tasks = new ArrayList<Callable<List<T>>>();
        claims.forEach((member, ofMember) -> tasks.add(() -> work.of(member, ofMember)));
        var names = claims.keySet().iterator();
        var results = new ArrayList<T>();
        for (var done : threads.invokeAll(tasks)) {
          var member = names.next();
          var failure = collect(done, results);
          if (failure == null) members++;
          else failed.put(member, failure);
          inARow = failure == null ? 0 : inARow + 1;
        }
        taker.take(results);
        if (!tasks.isEmpty())
          out.progress(share + 1, Spill.SHARES, "shares, %d members".formatted(members));
      }
    }
    return new Coverage(members, failed, share);
  }

  /** Why a member's results are not there; null: they are, and were added. */
  private static <T> String collect(Future<List<T>> done, List<T> results)
      throws InterruptedException {
    try {
      results.addAll(done.get());
      return null;
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof UserError error) return error.getMessage();
      throw new IllegalStateException(failure.getCause());
    }
  }
}
