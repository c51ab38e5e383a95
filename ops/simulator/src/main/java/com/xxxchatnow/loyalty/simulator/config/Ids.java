package com.xxxchatnow.loyalty.simulator.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** UUIDs that are the same in every run with the same seed: the n-th of a kind. */
public final class Ids {
  private final long seed;
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

  public Ids(long seed) {
    this.seed = seed;
  }

  public String next(String kind) {
    var count = counts.computeIfAbsent(kind, k -> new AtomicLong()).incrementAndGet();
    return named(seed + "/" + kind + "/" + count);
  }

  public static String named(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
  }
}
