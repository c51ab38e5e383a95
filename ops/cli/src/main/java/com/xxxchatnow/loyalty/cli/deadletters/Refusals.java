package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The records a replay refused, until the audit has them. */
final class Refusals {
  /** First and last offset; both refused, and everything selected between them. */
  private record Stretch(long first, long last) {}

  private final Map<Integer, List<Stretch>> fresh = new TreeMap<>();
  private long count;

  void add(FailedRecord failed) {
    count++;
    var offset = failed.record().offset();
    var stretches = fresh.computeIfAbsent(failed.record().partition(), _ -> new ArrayList<>());
    if (!stretches.isEmpty() && stretches.getLast().last() == offset - 1)
      stretches.set(stretches.size() - 1, new Stretch(stretches.getLast().first(), offset));
    else stretches.add(new Stretch(offset, offset));
  }

  /** How many there are in all. */
  long count() {
    return count;
  }

  /** Whether all were taken. */
  boolean noted() {
    return fresh.isEmpty();
  }

  /** What was not taken before, as {@code PARTITION:FROM-TO} or {@code PARTITION:OFFSET}. */
  List<String> take() {
    var places = new ArrayList<String>();
    fresh.forEach((partition, stretches) ->
        stretches.forEach(each ->
            places.add(
                each.first() == each.last()
                    ? partition + ":" + each.first()
                    : partition + ":" + each.first() + "-" + each.last())));
    fresh.clear();
    return places;
  }
}
