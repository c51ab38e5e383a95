package com.xxxchatnow.loyalty.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Does one thing over and over, from several threads at once, and takes the time of each. */
final class Load {
  /** One thread's way of doing it; closed at the end. */
  interface Worker extends AutoCloseable {
    /**
     * @return whether it went well
     */
    boolean once() throws Exception;

    @Override
    default void close() throws IOException {}
  }

  interface Workers {
    Worker create() throws Exception;
  }

  private Load() {}

  /** Warms up for a third of the time, then measures for the time. */
  static Latencies run(int threads, Duration span, Workers workers) throws Exception {
    var all = new ArrayList<Worker>();
    try {
      for (var i = 0; i < threads; i++) all.add(workers.create());
      measure(all, span.dividedBy(3));
      return measure(all, span);
    } finally {
      for (var worker : all) worker.close();
    }
  }

  private static Latencies measure(List<Worker> workers, Duration span) throws Exception {
    var failed = new AtomicLong();
    var begin = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var runs = new ArrayList<Future<long[]>>();
      for (var worker : workers)
        runs.add(threads.submit(() -> timed(worker, begin + span.toNanos(), failed)));
      var parts = new ArrayList<long[]>();
      for (var run : runs) parts.add(run.get());
      return Latencies.of(parts, failed.get(), Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  private static long[] timed(Worker worker, long end, AtomicLong failed) throws Exception {
    var nanos = new long[1024];
    var count = 0;
    for (var begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
      if (!worker.once()) {
        failed.incrementAndGet();
        continue;
      }
      if (count == nanos.length) nanos = Arrays.copyOf(nanos, 2 * count);
      nanos[count++] = System.nanoTime() - begin;
    }
    return Arrays.copyOf(nanos, count);
  }
}
