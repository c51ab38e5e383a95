package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Consumers;
import com.xxxchatnow.loyalty.cli.console.Console;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.cli.records.Selection;
import com.xxxchatnow.loyalty.events.DeadLetterAction;
import com.xxxchatnow.loyalty.events.DeadLetterActionKind;
import com.xxxchatnow.loyalty.events.DeadLetterActionPhase;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.FencedInstanceIdException;

/**
 * Reads the selected dead letters and sends them. Its position is committed only after the broker
 * has acknowledged what was sent up to there: whatever stops it, each record is sent at least once
 * and none is skipped.
 */
final class Replay implements AutoCloseable {
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * What to send and how.
   *
   * @param rate records a second
   * @param maxLag sending waits while a reader of the source topic has more records before it
   * @param canary so many are sent first, and the rest only if none of them comes back; 0: none
   * @param again whether records that were sent by an earlier replay are sent once more
   */
  record Order(
      String topic,
      Selection selection,
      Edit edit,
      double rate,
      long maxLag,
      int canary,
      Duration canaryLimit,
      boolean again,
      String operator) {

    /** The consumer group that holds the position of the selection. */
    String group() {
      return Replay.group(topic, selection);
    }
  }

  /** The consumer group that holds the position of a selection's replay. */
  static String group(String topic, Selection selection) {
    return "loyalty-cli.replay.%s.%s".formatted(topic, selection.id());
  }

  /** How a run ended. */
  enum End {
    FINISHED,
    STOPPED,
    CANARY_CAME_BACK,
    CANARY_UNDECIDED
  }

  private final Clients clients;
  private final Clock clock;
  private final Console out;
  private final Order order;
  private final ReplayEligibility guard;
  private final Audit audit;
  private final ReplayPlan plan;
  private final String runId;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ReplayPosition position;
  private final Sender sender;
  private long settledAt = System.nanoTime();
  private final Refusals refusals = new Refusals();

  Replay(
      Clients clients,
      Clock clock,
      Console out,
      Order order,
      ReplayEligibility guard,
      Audit audit,
      ReplayPlan plan) {
    this.clients = clients;
    this.clock = clock;
    this.out = out;
    this.order = order;
    this.guard = guard;
    this.audit = audit;
    this.plan = plan;
    this.runId =
        audit
            .unfinished(order.selection())
            .map(DeadLetterAction::getActionId)
            .orElseGet(() -> UUID.randomUUID().toString());
    this.producer = clients.producer();
    this.position = new ReplayPosition(clients, order, plan);
    this.sender = new Sender(producer, clock, order.edit(), runId, order.rate());
  }

  long sent() {
    return sender.sent();
  }

  long refused() {
    return refusals.count();
  }

  /** Sends until the end that the plan saw, a stop, or a canary that comes back. */
  End run() throws InterruptedException {
    note(DeadLetterActionPhase.STARTED);
    try {
      var end = send();
      note(end == End.FINISHED ? DeadLetterActionPhase.FINISHED : DeadLetterActionPhase.STOPPED);
      return end;
    } catch (FencedInstanceIdException _) {
      throw UserError.refused("another run of this selection has taken over");
    }
  }

  @Override
  public void close() {
    position.close();
    producer.close();
  }

  private End send() throws InterruptedException {
    while (!position.atEnd()) {
      for (var record : position.poll()) {
        if (clients.stop().asked()) break;
        var end = handle(record) && sender.sent() == order.canary() ? canary() : null;
        if (end != null) return end;
        if (System.nanoTime() - settledAt > SETTLE_NANOS) settleAndWait();
      }
      settle();
      if (clients.stop().asked()) return End.STOPPED;
    }
    position.handledAll();
    settle();
    return End.FINISHED;
  }

  /** Answers whether the record was sent. */
  private boolean handle(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    if (!position.beforeEnd(record)) return false;
    var failed = FailedRecord.of(record);
    var sent = order.selection().matches(failed) && open(failed) && allowed(failed);
    position.handled(record);
    return sent;
  }

  private boolean open(FailedRecord failed) {
    return ReplayPlan.open(failed, order, audit);
  }

  private boolean allowed(FailedRecord failed) throws InterruptedException {
    var sentBefore = audit.before(failed, DeadLetterActionKind.REPLAY).isPresent();
    return switch (guard.of(failed, sentBefore)) {
      case ReplayEligibility.Verdict.Refuse _ -> {
        refusals.add(failed);
        yield false;
      }
      case ReplayEligibility.Verdict.Send(var unearned) -> {
        sender.send(failed, unearned);
        yield true;
      }
    };
  }

  /** The first records went out; null when all is well with them. */
  private End canary() throws InterruptedException {
    settle();
    var canary = new Canary(clients, order.topic(), plan.ends(), runId, order.canaryLimit());
    return switch (canary.of(sender.places())) {
      case WELL -> {
        out.progress("The canary of %d was settled and none came back.", sender.sent());
        yield null;
      }
      case CAME_BACK -> End.CANARY_CAME_BACK;
      case UNDECIDED -> End.CANARY_UNDECIDED;
      case STOPPED -> End.STOPPED;
    };
  }

  /**
   * Commits the position; what was sent up to it has been acknowledged, and what was refused is in
   * the audit, so that it stays open.
   */
  private void settle() throws InterruptedException {
    sender.flush();
    if (!refusals.noted()) note(DeadLetterActionPhase.STARTED);
    if (position.commit()) out.progress(sender.sent(), plan.send(), "sent");
    settledAt = System.nanoTime();
  }

  /** Live records share the readers' budget at RRR: they shall not wait behind the replay. */
  private void settleAndWait() throws InterruptedException {
    settle();
    for (var source : plan.targets()) {
      var readers = new Consumers(clients.admin(), source);
      while (readers.lag() > order.maxLag()) {
        out.progress("waiting: more than %d records lie before %s", order.maxLag(), source);
        if (clients.stop().within(Duration.ofSeconds(1))) return;
      }
    }
  }

  private void note(DeadLetterActionPhase phase) throws InterruptedException {
    Audit.note(
        clients,
        clock,
        DeadLetterAction.newBuilder()
            .setActionId(runId)
            .setTopic(order.topic())
            .setAction(DeadLetterActionKind.REPLAY)
            .setOperator(order.operator())
            .setSelection(order.selection().text())
            .setPhase(phase)
            .setSelected(sender.sent() + refusals.count())
            .setSent(sender.sent())
            .setRefused(refusals.count())
            .setRefusedPlaces(refusals.take())
            .setPositions(Audit.positions(position.committed())));
  }
}
