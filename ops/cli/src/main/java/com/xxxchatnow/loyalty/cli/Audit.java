package com.xxxchatnow.loyalty.cli;

import com.xxxchatnow.loyalty.events.DeadLetterAction;
import com.xxxchatnow.loyalty.events.DeadLetterActionKind;
import com.xxxchatnow.loyalty.events.DeadLetterActionPhase;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

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

  /** Notes an action; returns when the broker has it. */
  static void note(
      Clients clients,
      KafkaProducer<byte[], byte[]> producer,
      Clock clock,
      DeadLetterAction.Builder action)
      throws InterruptedException {
    var built = action.setAt(clock.instant()).build();
    var topic = Topics.DEAD_LETTER_ACTIONS.name();
    try (var values = clients.serdes().<DeadLetterAction>serializer()) {
      var key = built.getTopic().getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, key, values.serialize(topic, built))).get();
    } catch (ExecutionException failure) {
      throw UserError.unavailable(
          "the audit could not be written: " + Failures.line(failure), failure);
    }
  }
}
