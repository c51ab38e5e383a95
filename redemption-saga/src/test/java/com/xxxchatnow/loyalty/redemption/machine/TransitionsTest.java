package com.xxxchatnow.loyalty.redemption.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.redemption.machine.Event.Admission;
import com.xxxchatnow.loyalty.redemption.machine.Event.Deadline;
import com.xxxchatnow.loyalty.redemption.machine.Transitions.Waits;
import com.xxxchatnow.loyalty.redemption.stream.Announcements;
import com.xxxchatnow.loyalty.redemption.stream.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Every pair of state and event: what the table decides is written in TABLE.md, so that a change of
 * the code is a change of a document that people read. Run with {@code -Dtable=write} to write it.
 */
class TransitionsTest {
  private static final Path TABLE = Path.of("TABLE.md");
  private static final Waits WAITS =
      new Waits(Duration.ofSeconds(3), Duration.ofMinutes(30), Duration.ofDays(30));
  private static final Instant T = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant LOOKED_AT = T.plusSeconds(60);
  private static final Quote QUOTE = new Quote("q-1", 500, 500, T.plusSeconds(900));
  private static final Quote AGAIN = new Quote("q-2", 500, 500, T.plusSeconds(1_800));
  private static final Quote WORSE = new Quote("q-2", 500, 400, T.plusSeconds(1_800));

  private final Transitions table = new Transitions(WAITS);

  @Test
  void every_pair_of_state_and_event_is_decided_as_the_table_says() throws IOException {
    var text = rendered();
    if ("write".equals(System.getProperty("table"))) Files.writeString(TABLE, text);
    assertThat(text).isEqualTo(Files.readString(TABLE));
  }

  @Test
  void whatever_moves_is_announced_with_the_next_version_and_rebuilt_from_the_announcement() {
    states()
        .forEach((name, state) ->
            events(state)
                .forEach((what, event) -> {
                  if (table.decide(state, event, LOOKED_AT)
                      instanceof Decision.Transitioned moved) {
                    var next = moved.next();
                    assertThat(next.version()).isEqualTo(state == null ? 1 : state.version() + 1);
                    assertThat(Announcements.apply(state, Announcements.of(state, next)))
                        .as("%s + %s", name, what)
                        .isEqualTo(next);
                  }
                }));
  }

  @Test
  void a_stage_waits_for_a_call_or_a_deadline_or_an_operator() {
    states()
        .forEach((name, state) ->
            events(state)
                .forEach((what, event) -> {
                  if (table.decide(state, event, LOOKED_AT)
                      instanceof Decision.Transitioned moved) {
                    var stage = moved.next().stage();
                    var failed =
                        stage instanceof Stage.CommitFailed || stage instanceof Stage.ReverseFailed;
                    assertThat(stage.awaits() != null || moved.next().deadline() != null || failed)
                        .as("%s + %s ends in %s", name, what, stage)
                        .isTrue();
                    if (moved.call() != null)
                      assertThat(moved.call().getOperation()).isEqualTo(stage.awaits());
                  }
                }));
  }

  @Test
  void a_repeated_call_is_the_same_call() {
    for (var name : List.of("COMMITTING", "COMMITTING (quoted again)", "REVERSING")) {
      var state = states().get(name);
      var retry = new Event.Retry(state.version(), "ann", "lost");
      var moved = (Decision.Transitioned) table.decide(state, retry, LOOKED_AT);
      var first = Calls.of(state);
      assertThat(moved.call().getFirstCalledAt()).as(name).isEqualTo(first.getCalledAt());
      first.setCalledAt(moved.call().getCalledAt());
      first.setFirstCalledAt(moved.call().getFirstCalledAt());
      assertThat(moved.call()).as(name).isEqualTo(first);
    }
  }

  @Test
  void a_quote_id_is_the_same_in_upper_case_where_it_is_a_UUID() {
    var uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    assertThat(new Quote(uuid, 1, 1, T).hasId(uuid.toUpperCase(Locale.ROOT))).isTrue();
    assertThat(QUOTE.hasId("Q-1")).isFalse();
  }

  private String rendered() {
    var text = new StringBuilder();
    text.append(
        """
        # The table, every pair

        Written and checked by `TransitionsTest` (`-Dtable=write` writes it). `→ X` is announced as the next version of the order, `call:` goes to RRR.
        "Ignored" is counted, and nothing is sent. The states are those of the design, and where a state decides differently, each of its kinds.
        """);
    states()
        .forEach((name, state) -> {
          text.append("\n## %s\n| event | decision |\n| --- | --- |\n".formatted(name));
          var rows = new LinkedHashMap<String, List<String>>();
          events(state)
              .forEach((what, event) ->
                  rows.computeIfAbsent(
                          cell(state, table.decide(state, event, LOOKED_AT)),
                          _ -> new ArrayList<>())
                      .add(what));
          rows.forEach((decision, events) ->
              text.append("| %s | %s |\n".formatted(String.join("; ", events), decision)));
        });
    return text.toString();
  }

  private static String cell(Redemption before, Decision decision) {
    return switch (decision) {
      case Decision.Transitioned(var next, var call) -> {
        var cell = new StringBuilder("→ " + next.status());
        if (next.reason() != null) cell.append(" (").append(next.reason()).append(")");
        if (call != null)
          cell.append(", call: ").append(call.getOperation()).append(" ").append(call.getNumber());
        if (before != null && !Objects.equals(next.payment(), before.payment()))
          cell.append(", payment noted");
        if (before != null && next.burned() != before.burned())
          cell.append(next.burned() ? ", points burned" : ", points not burned");
        yield cell.toString();
      }
      case Decision.Invalid(var reason, var detail) -> "dead letter " + reason + ": " + detail;
      case Decision.Purged _ -> "forgotten";
      case Decision.Ignored(var why) -> "ignored, " + why;
    };
  }

  /** One redemption for each state that decides differently; the order is unknown where null. */
  private static Map<String, Redemption> states() {
    var states = new LinkedHashMap<String, Redemption>();
    var quoting =
        Redemption.opened(request(), new Stage.Quoting(), T)
            .anotherQuote()
            .until(T.plusSeconds(3))
            .done();
    var quoted =
        quoting.to(new Stage.Quoted(), T).quote(QUOTE, "m-1").until(T.plusSeconds(1_800)).done();
    var paid = new Payment(PaymentStatus.SUCCEEDED, T);
    var cancelled = new Payment(PaymentStatus.CANCELLED, T);
    var committing = quoted.to(new Stage.Committing(), T).payment(paid).done();
    var reversing =
        committing
            .to(new Stage.Reversing(), T)
            .payment(cancelled)
            .anotherReversal()
            .reverseReason(cancelled.reverseReason())
            .done();
    var reversingBurned = reversing.to(new Stage.Reversing(), T).burned(true).done();
    var failed =
        committing.to(new Stage.CommitFailed(), T).because(Reason.REFUSED_CONFLICT, "x").done();
    states.put("unknown order", null);
    states.put("QUOTING", quoting);
    states.put("QUOTED", quoted);
    states.put("REJECTED", kept(quoting, new Stage.Rejected()));
    states.put("CANCELLED", kept(quoted, new Stage.Cancelled()));
    states.put("EXPIRED", kept(quoted, new Stage.Expired()));
    states.put("COMMITTING", committing);
    states.put(
        "COMMITTING, reversal noted",
        committing.to(new Stage.Committing(), T).payment(cancelled).done());
    states.put(
        "COMMITTING (quoted again)", committing.to(new Stage.Requoting(), T).anotherQuote().done());
    states.put(
        "COMMITTING, the fifth quote",
        committing
            .to(new Stage.Committing(), T)
            .anotherQuote()
            .anotherQuote()
            .anotherQuote()
            .anotherQuote()
            .done());
    states.put(
        "COMMITTED",
        committing.to(new Stage.Committed(), T).burned(true).until(T.plusSeconds(9)).done());
    states.put("COMMIT_FAILED", failed);
    states.put(
        "COMMIT_FAILED, no quote was given",
        quoting.to(new Stage.CommitFailed(), T).payment(paid).because(Reason.INVALID, "x").done());
    states.put(
        "COMMIT_FAILED, paid after a reversal",
        reversing
            .to(new Stage.CommitFailed(), T)
            .payment(paid)
            .because(Reason.INVALID, "x")
            .done());
    states.put("REVERSING", reversing);
    states.put(
        "REVERSING, paid meanwhile", reversing.to(new Stage.Reversing(), T).payment(paid).done());
    states.put(
        "REVERSING burned points, paid meanwhile",
        reversingBurned.to(new Stage.Reversing(), T).payment(paid).done());
    states.put("REVERSED", kept(reversing, new Stage.Reversed()));
    states.put(
        "REVERSE_FAILED",
        reversing.to(new Stage.ReverseFailed(), T).because(Reason.REFUSED_OTHER, "x").done());
    states.put(
        "REVERSE_FAILED, points are burned",
        reversingBurned.to(new Stage.ReverseFailed(), T).because(Reason.REFUSED_OTHER, "x").done());
    return states;
  }

  private static Redemption kept(Redemption from, Stage stage) {
    return from.to(stage, T).until(T.plusSeconds(9)).done();
  }

  /** Every event, with the numbers and versions that fit this redemption. */
  private static Map<String, Event> events(Redemption state) {
    var events = new LinkedHashMap<String, Event>();
    var quotes = state == null ? 1 : state.quotes();
    var reversals = state == null ? 1 : state.reversals();
    var version = state == null ? 1 : state.version();
    events.put("requested", requested(Admission.ADMITTED));
    events.put(
        "requested with another cart",
        requested(Samples.request("o-1").setCartTotalMinor(6_000).setRequestedAt(LOOKED_AT)));
    events.put(
        "requested with another request_id",
        requested(Samples.request("o-1").setRequestId("r-2").setRequestedAt(LOOKED_AT)));
    events.put(
        "requested with another cart, but before the known request",
        requested(
            Samples.request("o-1").setCartTotalMinor(6_000).setRequestedAt(T.minusSeconds(1))));
    events.put("requested by another user", requested(Samples.request("o-1").setUserId("u-2")));
    events.put("requested, redeeming is off", requested(Admission.DISABLED));
    events.put("requested, user out of rollout", requested(Admission.OUT_OF_ROLLOUT));
    events.put(
        "requested, senseless", new Event.Requested(senseless(), Admission.ADMITTED, LOOKED_AT));
    events.put(
        "requested, read after its deadline",
        new Event.Requested(request(), Admission.ADMITTED, LOOKED_AT.minusSeconds(3)));
    events.put(
        "paid with this quote", new Event.Paid("q-1", null, payment(PaymentStatus.SUCCEEDED, 10)));
    events.put(
        "paid with another quote",
        new Event.Paid("q-9", null, payment(PaymentStatus.SUCCEEDED, 10)));
    events.put("paid in full", new Event.PaidWithoutDiscount(null, inFull(10)));
    events.put(
        "paid without naming the quote, but less its discount",
        new Event.PaidWithoutDiscount(4_500L, inFull(10)));
    events.put(
        "cancelled, fraud; failed more than 5 min after what is known",
        new Event.PaymentEnded(payment(PaymentStatus.CANCELLED, 10)));
    events.put(
        "failed, less than 5 min after what is known",
        new Event.PaymentEnded(payment(PaymentStatus.FAILED, 10)));
    events.put(
        "paid, but that was before what is known",
        new Event.Paid("q-1", null, payment(PaymentStatus.SUCCEEDED, -10)));
    events.put(
        "cancelled, but more than 10 min before what is known",
        new Event.PaymentEnded(payment(PaymentStatus.CANCELLED, -601)));
    events.put("quote given", new Event.QuoteGiven(quotes, AGAIN, "m-1"));
    events.put("quote given, another discount", new Event.QuoteGiven(quotes, WORSE, "m-1"));
    events.put("no quote", new Event.QuoteRefused(quotes, Reason.NOT_ELIGIBLE, "x"));
    events.put("committed", new Event.CommitDone(quotes));
    events.put("commit refused", new Event.CommitRefused(quotes, Reason.REFUSED_CONFLICT, "x"));
    events.put(
        "commit refused, quote expired",
        new Event.CommitRefused(quotes, Reason.QUOTE_EXPIRED, "x"));
    events.put("reversed, or nothing was burned", new Event.ReverseDone(reversals));
    events.put("reversal refused", new Event.ReverseRefused(reversals, Reason.REFUSED_OTHER, "x"));
    events.put("answer to an earlier quote", new Event.QuoteGiven(quotes - 1, AGAIN, "m-1"));
    events.put("answer to an earlier commit", new Event.CommitDone(quotes - 1));
    events.put("answer to an earlier reversal", new Event.ReverseDone(reversals - 1));
    events.put("deadline of the quote", new Event.DeadlinePassed(Deadline.QUOTE));
    events.put("deadline of the payment", new Event.DeadlinePassed(Deadline.PAYMENT));
    events.put("end of the retention", new Event.DeadlinePassed(Deadline.RETENTION));
    events.put("repair: retry", new Event.Retry(version, "ann", "because"));
    events.put(
        "repair: settle as COMMITTED",
        new Event.Settle(version, RedemptionStatus.COMMITTED, "ann", "because"));
    events.put(
        "repair: settle as CANCELLED",
        new Event.Settle(version, RedemptionStatus.CANCELLED, "ann", "because"));
    events.put(
        "repair: settle as REVERSED",
        new Event.Settle(version, RedemptionStatus.REVERSED, "ann", "because"));
    events.put(
        "repair: settle as QUOTED",
        new Event.Settle(version, RedemptionStatus.QUOTED, "ann", "because"));
    events.put("repair of an earlier version", new Event.Retry(version - 1, "ann", "because"));
    return events;
  }

  private static Event requested(Admission admission) {
    return new Event.Requested(request(), admission, LOOKED_AT);
  }

  private static Event requested(RedemptionRequested.Builder request) {
    return new Event.Requested(request.build(), Admission.ADMITTED, LOOKED_AT);
  }

  private static Payment payment(PaymentStatus status, int seconds) {
    return new Payment(status, T.plusSeconds(seconds));
  }

  private static Payment inFull(int seconds) {
    return new Payment(PaymentStatus.SUCCEEDED, T.plusSeconds(seconds), true);
  }

  private static RedemptionRequested request() {
    return Samples.request("o-1").build();
  }

  private static RedemptionRequested senseless() {
    return Samples.request("o-1").setCartTotalMinor(0).build();
  }
}
