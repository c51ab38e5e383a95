package com.xxxchatnow.loyalty.kit.service;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Whether this instance can do its work, part by part. An outage of RRR is not unready: work waits,
 * and another instance would wait too.
 */
public final class Health {
  private final Map<String, Supplier<Optional<String>>> parts = new ConcurrentHashMap<>();

  /** Adds a part; the supplier returns what is wrong with it, or empty. */
  public void part(String name, Supplier<Optional<String>> problem) {
    parts.put(name, problem);
  }

  /** What is wrong, by part; empty when ready. */
  public Map<String, String> problems() {
    var problems = new TreeMap<String, String>();
    parts.forEach((name, problem) -> problem.get().ifPresent(text -> problems.put(name, text)));
    return problems;
  }
}
