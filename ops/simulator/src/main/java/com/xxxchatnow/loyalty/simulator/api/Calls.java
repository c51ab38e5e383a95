package com.xxxchatnow.loyalty.simulator.api;

import com.xxxchatnow.loyalty.simulator.faults.RatePerSecond;
import com.xxxchatnow.loyalty.simulator.http.Call;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** The newest calls, and how many there were in each second. */
public final class Calls {
  private static final int KEPT = 200_000;
  private static final int SECONDS_KEPT = 86_400;

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Call> newest = new ArrayDeque<>();
  private final TreeMap<Long, RatePerSecond> rates = new TreeMap<>();
  private long seen;

  /** Counts an arrival in its second; the number it gives is unique. */
  long arrived(Instant at) {
    lock.lock();
    try {
      rates.merge(at.getEpochSecond(), new RatePerSecond(at.getEpochSecond(), 1, 0), Calls::sum);
      if (rates.size() > SECONDS_KEPT) rates.pollFirstEntry();
      return ++seen;
    } finally {
      lock.unlock();
    }
  }

  void answered(Call call) {
    lock.lock();
    try {
      newest.addLast(call);
      if (newest.size() > KEPT) newest.removeFirst();
      if (call.status() == 429) {
        var second = call.at().getEpochSecond();
        rates.merge(second, new RatePerSecond(second, 0, 1), Calls::sum);
      }
    } finally {
      lock.unlock();
    }
  }

  public List<Call> all() {
    lock.lock();
    try {
      return List.copyOf(newest);
    } finally {
      lock.unlock();
    }
  }

  public List<RatePerSecond> rates() {
    lock.lock();
    try {
      return List.copyOf(rates.values());
    } finally {
      lock.unlock();
    }
  }

  private static RatePerSecond sum(RatePerSecond a, RatePerSecond b) {
    return new RatePerSecond(a.second(), a.calls() + b.calls(), a.limited() + b.limited());
  }
}
