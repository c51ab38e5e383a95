package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Selection;
import com.xxxchatnow.loyalty.events.DeadLetterAction;
import com.xxxchatnow.loyalty.events.DeadLetterActionKind;
import com.xxxchatnow.loyalty.events.DeadLetterActionPhase;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * What operators did to the dead letters of a topic, as {@code loyalty.dead-letter-actions.v1} has
 * it: who, what, when, which, how many and how far.
 */
record Audit(List<Entry> entries) {

  /**
   * @param selection null when a later version of this tool wrote it
   */
  private record Entry(DeadLetterAction action, Selection selection) {
    boolean handled(FailedRecord failed) {
      var position = action.getPositions().get(Integer.toString(failed.record().partition()));
      return position != null
          && failed.record().offset() < position
          && selection != null
          && selection.matches(failed);
    }
  }

  static Audit read(Clients clients, String topic) {
    var entries = new ArrayList<Entry>();
    try (var values = clients.serdes().<DeadLetterAction>deserializer()) {
      Scan.of(clients, Topics.DEAD_LETTER_ACTIONS.name())
          .ofKey(topic.getBytes(StandardCharsets.UTF_8))
          .each(record -> {
            var action = values.deserialize(record.topic(), record.value());
            if (action.getTopic().equals(topic))
              entries.add(new Entry(action, Selection.parse(action.getSelection()).orElse(null)));
          });
    }
    return new Audit(entries);
  }

  /** What the record was part of before: the newest action that handled it. */
  Optional<DeadLetterAction> before(FailedRecord failed, DeadLetterActionKind kind) {
    return entries.reversed().stream()
        .filter(entry -> entry.action().getAction() == kind && entry.handled(failed))
        .map(Entry::action)
        .findFirst();
  }

  /** Neither replayed nor discarded. */
  boolean open(FailedRecord failed) {
    return before(failed, DeadLetterActionKind.DISCARD).isEmpty()
        && before(failed, DeadLetterActionKind.REPLAY).isEmpty();
  }

  /** The run of this selection that did not come to its end. */
  Optional<DeadLetterAction> unfinished(Selection selection) {
    return entries.reversed().stream()
        .map(Entry::action)
        .filter(action -> action.getAction() == DeadLetterActionKind.REPLAY)
        .filter(action -> action.getSelection().equals(selection.text()))
        .findFirst()
        .filter(action -> action.getPhase() != DeadLetterActionPhase.FINISHED);
  }

  /** How far an action came, as it is noted. */
  static Map<String, Long> positions(Map<TopicPartition, Long> next) {
    var positions = new TreeMap<String, Long>();
    next.forEach((each, offset) -> positions.put(Integer.toString(each.partition()), offset));
    return positions;
  }

  /** Notes an action; returns when the broker has it. */
  static void note(Clients clients, Clock clock, DeadLetterAction.Builder action)
      throws InterruptedException {
    var noted = action.setAt(clock.instant()).build();
    clients.publish(Topics.DEAD_LETTER_ACTIONS, noted.getTopic(), noted);
  }
}
