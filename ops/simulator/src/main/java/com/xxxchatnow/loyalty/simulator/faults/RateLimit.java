package com.xxxchatnow.loyalty.simulator.faults;

import java.util.concurrent.locks.ReentrantLock;

/** A token bucket in real time: {@code burst} at once, then {@code perSecond}; 0 = no limit. */
public final class RateLimit {
  private final ReentrantLock lock = new ReentrantLock();
  private double perSecond;
  private double burst;
  private double permits;
  private long at = System.nanoTime();

  public RateLimit(double perSecond, double burst) {
    set(perSecond, burst);
  }

  public void set(double newPerSecond, double newBurst) {
    lock.lock();
    try {
      perSecond = newPerSecond;
      burst = newBurst;
      permits = newBurst;
      at = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  public boolean allows() {
    lock.lock();
    try {
      if (perSecond == 0) return true;
      var now = System.nanoTime();
      permits = Math.min(burst, permits + (now - at) * perSecond / 1e9);
      at = now;
      if (permits < 1) return false;
      permits--;
      return true;
    } finally {
      lock.unlock();
    }
  }
}
