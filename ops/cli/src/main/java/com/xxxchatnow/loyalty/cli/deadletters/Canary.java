package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Consumers;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Judges the first records of a replay: every group that reads the source topic must have settled
 * them, and none may have come back to the dead letters.
 *
 * @param from the ends of the dead letters before anything was sent
 */
record Canary(
    Clients clients, String topic, Map<TopicPartition, Long> from, String runId, Duration limit) {
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** What became of the canary. */
  enum Fate {
    WELL,
    CAME_BACK,
    UNDECIDED,
    STOPPED
  }

  /** Waits until the records at these places are settled. */
  Fate of(Map<TopicPartition, Long> places) throws InterruptedException {
    var deadline = System.nanoTime() + limit.toNanos();
    while (!settled(places)) {
      if (clients.stop().within(PAUSE)) return Fate.STOPPED;
      if (System.nanoTime() > deadline) return Fate.UNDECIDED;
    }
    return back() == 0 ? Fate.WELL : Fate.CAME_BACK;
  }

  private boolean settled(Map<TopicPartition, Long> places) throws InterruptedException {
    var byTopic = new HashMap<String, Map<TopicPartition, Long>>();
    places.forEach((place, offset) ->
        byTopic.computeIfAbsent(place.topic(), _ -> new HashMap<>()).put(place, offset));
    for (var source : byTopic.entrySet()) {
      var readers = new Consumers(clients.admin(), source.getKey());
      if (!readers.past(source.getValue())) return false;
    }
    return true;
  }

  private long back() {
    var back = new AtomicLong();
    Scan.of(clients, topic)
        .at(from)
        .withOpenTransactions()
        .each(record ->
            TraceHeaders.text(record.headers(), FailedRecord.REPLAY_ID)
                .filter(runId::equals)
                .ifPresent(_ -> back.incrementAndGet()));
    return back.get();
  }
}
