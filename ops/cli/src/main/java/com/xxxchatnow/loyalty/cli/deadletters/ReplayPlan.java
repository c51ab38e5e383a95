package com.xxxchatnow.loyalty.cli.deadletters;

import com.xxxchatnow.loyalty.cli.command.Clients;
import com.xxxchatnow.loyalty.cli.command.Scan;
import com.xxxchatnow.loyalty.cli.console.HumanDuration;
import com.xxxchatnow.loyalty.cli.console.Report;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.events.DeadLetterAction;
import com.xxxchatnow.loyalty.events.DeadLetterActionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** What a replay would do, found by reading the dead letters without sending any. */
final class ReplayPlan {
  /** As many refusals as an operator reads; the counts tell the rest. */
  private static final int SHOWN = 20;

  private final Map<String, Long> targets = new TreeMap<>();
  private final Map<ReplayEligibility.Why, Long> refused = new TreeMap<>();
  private final List<String> refusals = new ArrayList<>();
  private long send;
  private long sentBefore;
  private long discarded;
  private long unearned;
  private Instant oldest;
  private DeadLetterAction before;
  private final Map<TopicPartition, Long> starts = new HashMap<>();
  private Map<TopicPartition, Long> ends = Map.of();

  /** Reads the whole topic. */
  static ReplayPlan of(Clients clients, Replay.Order order, Audit audit, ReplayEligibility guard) {
    var plan = new ReplayPlan();
    plan.ends =
        Scan.of(clients, order.topic())
            .each(record -> {
              var failed = FailedRecord.of(record);
              if (order.selection().matches(failed)) plan.add(failed, audit, guard, order);
            });
    return plan;
  }

  /** Whether a selected record is still to be handled by the replay. */
  static boolean open(FailedRecord failed, Replay.Order order, Audit audit) {
    if (audit.before(failed, DeadLetterActionKind.DISCARD).isPresent()) return false;
    return order.again()
        ? !audit.handledByUnfinished(order.selection(), failed)
        : audit.before(failed, DeadLetterActionKind.REPLAY).isEmpty();
  }

  private void add(FailedRecord failed, Audit audit, ReplayEligibility guard, Replay.Order order) {
    if (audit.before(failed, DeadLetterActionKind.DISCARD).isPresent()) {
      discarded++;
      return;
    }
    var sent = audit.before(failed, DeadLetterActionKind.REPLAY);
    if (sent.isPresent()) {
      sentBefore++;
      before = sent.get();
    }
    if (!open(failed, order, audit)) return;
    starts.merge(
        new TopicPartition(failed.record().topic(), failed.record().partition()),
        failed.record().offset(),
        Math::min);
    try {
      var verdict = guard.of(failed, sent.isPresent());
      if (verdict instanceof ReplayEligibility.Verdict.Send) order.edit().apply(failed);
      decide(failed, verdict);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(interrupted);
    }
  }

  private void decide(FailedRecord failed, ReplayEligibility.Verdict verdict) {
    switch (verdict) {
      case ReplayEligibility.Verdict.Send(var byLedger) -> {
        send++;
        if (byLedger) unearned++;
        targets.merge(failed.sourceTopic(), 1L, Long::sum);
        if (oldest == null || failed.publishedAt().isBefore(oldest)) oldest = failed.publishedAt();
      }
      case ReplayEligibility.Verdict.Refuse(var why, var detail) -> {
        refused.merge(why, 1L, Long::sum);
        if (refusals.size() < SHOWN)
          refusals.add("%s %s: %s".formatted(failed.place(), why, detail));
      }
    }
  }

  long send() {
    return send;
  }

  /** The source topics that records would be sent to. */
  Set<String> targets() {
    return targets.keySet();
  }

  long refused() {
    return refused.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Where each partition's first record to be handled is; none for a partition without one. */
  Map<TopicPartition, Long> starts() {
    return starts;
  }

  Map<TopicPartition, Long> ends() {
    return ends;
  }

  /** The plan for the operator. */
  Report report(double rate, boolean again) {
    var report =
        new Report()
            .put("to_send", send)
            .put("refused", refused())
            .quiet("sent_before", sentBefore)
            .quiet("discarded", discarded)
            .quiet("unearned_by_ledger", unearned);
    targets.forEach((topic, count) -> report.say("  %d to %s", count, topic));
    refused.forEach((why, count) -> report.say("  %d refused: %s", count, why));
    refusals.forEach(each -> report.say("    %s", each));
    report.quiet("targets", targets.keySet().stream().toList()).quiet("refusals", refusals);
    if (refused() > SHOWN) report.say("    … and %d more", refused() - SHOWN);
    if (discarded > 0) report.say("  %d left out: discarded by an operator", discarded);
    if (unearned > 0)
      report.say("  %d are old, but RRR's ledger shows that they were never earned", unearned);
    sayBefore(report, again);
    if (send > 0) {
      var seconds = (long) Math.ceil(send / rate);
      report.put("seconds", seconds);
      report.say("at %s/s: %s", number(rate), HumanDuration.text(Duration.ofSeconds(seconds)));
    }
    return report;
  }

  private void sayBefore(Report report, boolean again) {
    if (sentBefore == 0) return;
    var who = before == null ? "" : " by %s, %s".formatted(before.getOperator(), before.getAt());
    if (!again) report.say("  %d left out: replayed before%s", sentBefore, who);
    else
      report.say(
          "  %d were replayed before%s: RRR knows their keys until %s and answers with"
              + " the first result; nothing is booked twice",
          sentBefore, who, oldest == null ? "-" : oldest.plus(Duration.ofDays(30)));
  }

  static String number(double rate) {
    return rate == Math.rint(rate) ? Long.toString((long) rate) : Double.toString(rate);
  }
}
