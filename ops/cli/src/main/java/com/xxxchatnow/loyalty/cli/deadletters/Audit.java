package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.Failures;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Selection;
import com.xxxchatnow.loyalty.events.DeadLetterAction;
import com.xxxchatnow.loyalty.events.DeadLetterActionKind;
import com.xxxchatnow.loyalty.events.DeadLetterActionPhase;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * What operators did to the dead letters of a topic, as {@code loyalty.dead-letter-actions.v1} has
 * it: who, what, when, which, how many, how far, and what was refused.
 */
record Audit(List<Run> runs) {

  /**
   * One run, put together from all its records.
   *
   * @param newest its newest record
   * @param selection null when a later version of this tool wrote it
   * @param positions by partition: the offset up to which, itself excluded, it handled the selected
   * @param refused what it handled by refusing it
   */
  private record Run(
      DeadLetterAction newest,
      Selection selection,
      Map<Integer, Long> positions,
      List<Selection.Range> refused) {

    static Run begun(DeadLetterAction action) {
      var selection = Selection.parse(action.getSelection()).orElse(null);
      return new Run(action, selection, new HashMap<>(), new ArrayList<>()).then(action);
    }

    Run then(DeadLetterAction action) {
      action
          .getPositions()
          .forEach((number, next) -> positions.merge(Integer.valueOf(number), next, Math::max));
      action.getRefusedPlaces().forEach(place -> refused.add(Selection.Range.of(place)));
      return new Run(action, selection, positions, refused);
    }

    /** Killed: nobody noted how far it came, but the position of its group is committed. */
    boolean killed() {
      return newest.getAction() == DeadLetterActionKind.REPLAY
          && newest.getPhase() == DeadLetterActionPhase.STARTED
          && selection != null;
    }

    boolean handled(FailedRecord failed) {
      var position = positions.get(failed.record().partition());
      return position != null
          && failed.record().offset() < position
          && selection != null
          && selection.matches(failed)
          && refused.stream().noneMatch(range -> range.holds(failed));
    }
  }

  static Audit read(Clients clients, String topic) throws InterruptedException {
    var runs = new LinkedHashMap<String, Run>();
    try (var values = clients.serdes().<DeadLetterAction>deserializer()) {
      Scan.of(clients, Topics.DEAD_LETTER_ACTIONS.name())
          .ofKey(topic.getBytes(StandardCharsets.UTF_8))
          .each(record -> {
            var action = values.deserialize(record.topic(), record.value());
            if (!action.getTopic().equals(topic)) return;
            // Put last: the order is that of the newest records.
            var known = runs.remove(action.getActionId());
            runs.put(action.getActionId(), known == null ? Run.begun(action) : known.then(action));
          });
    }
    for (var run : runs.values()) {
      if (run.killed())
        committed(clients, Replay.group(topic, run.selection()))
            .forEach(
                (partition, next) -> run.positions().merge(partition.partition(), next, Math::max));
    }
    return new Audit(List.copyOf(runs.values()));
  }

  /** What the record was part of before: the newest action that handled it. */
  Optional<DeadLetterAction> before(FailedRecord failed, DeadLetterActionKind kind) {
    return runs.reversed().stream()
        .filter(run -> run.newest().getAction() == kind && run.handled(failed))
        .map(Run::newest)
        .findFirst();
  }

  /** Neither sent nor discarded. */
  boolean open(FailedRecord failed) {
    return before(failed, DeadLetterActionKind.DISCARD).isEmpty()
        && before(failed, DeadLetterActionKind.REPLAY).isEmpty();
  }

  /** Whether a run of this selection that did not come to its end has handled the record. */
  boolean handledByUnfinished(Selection selection, FailedRecord failed) {
    return newest(selection).filter(Audit::unfinished).stream()
        .anyMatch(run -> run.handled(failed));
  }

  /** The run of this selection that did not come to its end. */
  Optional<DeadLetterAction> unfinished(Selection selection) {
    return newest(selection).filter(Audit::unfinished).map(Run::newest);
  }

  private Optional<Run> newest(Selection selection) {
    return runs.reversed().stream()
        .filter(run -> run.newest().getAction() == DeadLetterActionKind.REPLAY)
        .filter(run -> run.newest().getSelection().equals(selection.text()))
        .findFirst();
  }

  private static boolean unfinished(Run run) {
    return run.newest().getPhase() != DeadLetterActionPhase.FINISHED;
  }

  private static Map<TopicPartition, Long> committed(Clients clients, String group)
      throws InterruptedException {
    var committed = new HashMap<TopicPartition, Long>();
    Failures.await(clients.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach((partition, next) -> {
          if (next != null) committed.put(partition, next.offset());
        });
    return committed;
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
