package com.xxxchatnow.loyalty.redemption.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.calls.RedemptionGateway;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Ignored;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Invalid;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Purged;
import com.xxxchatnow.loyalty.redemption.machine.Decision.Transitioned;
import com.xxxchatnow.loyalty.redemption.machine.Event;
import com.xxxchatnow.loyalty.redemption.machine.Event.Admission;
import com.xxxchatnow.loyalty.redemption.machine.Event.Deadline;
import com.xxxchatnow.loyalty.redemption.machine.Event.PaymentEvent;
import com.xxxchatnow.loyalty.redemption.machine.Payment;
import com.xxxchatnow.loyalty.redemption.machine.Quote;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.machine.Stage;
import com.xxxchatnow.loyalty.redemption.machine.Transitions;
import com.xxxchatnow.loyalty.redemption.machine.Transitions.Waits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The promises of the saga under any interleaving: payments in any order and twice, other carts,
 * calls answered late, answers lost and asked for again, old answers again, deadlines at any
 * moment, a commit or reversal refused. The judge is a model of RRR that burns and gives back
 * points.
 */
class AnyOrderOfEventsTest {
  private static final Instant T = Instant.parse("2026-11-22T12:00:00Z");
  private static final Waits WAITS =
      new Waits(Duration.ofSeconds(3), Duration.ofMinutes(30), Duration.ofDays(30));

  /** What happens next. */
  enum Step {
    REQUEST,
    ANOTHER_REQUEST,
    PAID,
    PAID_WITH_AN_EARLIER_QUOTE,
    PAID_WITH_ANOTHER_QUOTE,
    PAID_IN_FULL,
    PAID_LESS_THE_DISCOUNT_WITHOUT_NAMING_IT,
    FAILED,
    CANCELLED,
    FRAUD_BLOCKED,
    CALL_REACHES_RRR,
    ANSWER_IS_LOST,
    ANSWER_ARRIVES,
    OLD_ANSWER_AGAIN,
    DEADLINE,
    RETRY
  }

  /**
   * @param time of a payment or request, minutes: not the order in which they arrive
   * @param luck how RRR answers: 0 to 5 well, else refused or expired
   */
  record Move(Step step, int time, int luck) {}

  @Provide
  Arbitrary<List<Move>> histories() {
    var move =
        Combinators.combine(
                Arbitraries.frequencyOf(
                    net.jqwik.api.Tuple.of(1, Arbitraries.of(Step.values())),
                    net.jqwik.api.Tuple.of(
                        2, Arbitraries.of(Step.CALL_REACHES_RRR, Step.ANSWER_ARRIVES))),
                Arbitraries.integers().between(0, 20),
                Arbitraries.integers().between(0, 9))
            .as(Move::new);
    return move.list().ofMaxSize(40);
  }

  @Property(tries = 4_000)
  void holds_its_promises(@ForAll("histories") List<Move> history) {
    var run = new Run();
    run.happens(new Event.Requested(Samples.request("o-1").build(), Admission.ADMITTED, T));
    history.forEach(run::step);
    run.untilQuiet();
    run.judge();
  }

  /** RRR as far as one order goes: idempotent by key, and an order is burned once. */
  private static final class Rrr {
    final Map<String, Event.Reply> remembered = new HashMap<>();
    final Map<String, RedemptionCall> payloads = new HashMap<>();
    String burnedQuote;
    boolean burned;
    boolean everReversed;

    Event.Reply answer(RedemptionCall call, int luck) {
      var key = RedemptionGateway.key(call);
      var payload = RedemptionCall.newBuilder(call);
      payload.setCalledAt(T).clearFirstCalledAt().clearDeadline();
      assertThat(payloads.computeIfAbsent(key, _ -> payload.build()))
          .as("one payload under a key")
          .isEqualTo(payload.build());
      return remembered.computeIfAbsent(key, _ -> fresh(call, luck));
    }

    private Event.Reply fresh(RedemptionCall call, int luck) {
      var n = call.getNumber();
      return switch (call.getOperation()) {
        case QUOTE ->
            luck > 7
                ? new Event.QuoteRefused(n, Reason.NOT_ELIGIBLE, null)
                : new Event.QuoteGiven(n, new Quote("q-" + n, 500, luck == 7 ? 400 : 500, T), "m");
        case COMMIT -> commit(call, n, luck);
        case REVERSE -> reverse(n, luck);
        case UNKNOWN -> throw new AssertionError();
      };
    }

    private Event.Reply commit(RedemptionCall call, int n, int luck) {
      if (burned || everReversed || luck == 9)
        return new Event.CommitRefused(n, Reason.REFUSED_CONFLICT, null);
      if (luck > 5) return new Event.CommitRefused(n, Reason.QUOTE_EXPIRED, null);
      burned = true;
      burnedQuote = call.getQuoteId();
      return new Event.CommitDone(n);
    }

    private Event.Reply reverse(int n, int luck) {
      if (luck == 9) return new Event.ReverseRefused(n, Reason.REFUSED_OTHER, null);
      if (burned) everReversed = true;
      burned = false;
      return new Event.ReverseDone(n);
    }
  }

  /** One order from its request to its end. */
  private static final class Run {
    private final Transitions table = new Transitions(WAITS);
    private final Rrr rrr = new Rrr();
    private final Deque<RedemptionCall> calls = new ArrayDeque<>();
    private final Deque<Event.Reply> answers = new ArrayDeque<>();
    private final List<Event.Reply> old = new ArrayList<>();
    private final List<RedemptionStatusChanged> announced = new ArrayList<>();
    private Redemption state;
    private PaymentEvent newest;
    private boolean forgotten;

    void step(Move move) {
      var at = T.plus(Duration.ofMinutes(move.time()));
      switch (move.step()) {
        case REQUEST ->
            happens(new Event.Requested(Samples.request("o-1").build(), Admission.ADMITTED, T));
        case ANOTHER_REQUEST -> {
          var request = Samples.request("o-1").setCartTotalMinor(5_000 + move.luck());
          happens(new Event.Requested(request.setRequestedAt(at).build(), Admission.ADMITTED, T));
        }
        case PAID -> paidWith(quote(), at);
        case PAID_WITH_AN_EARLIER_QUOTE -> paidWith(earlierQuote(), at);
        case PAID_WITH_ANOTHER_QUOTE -> paidWith("q-other", at);
        case PAID_IN_FULL -> paid(inFull(null, at));
        case PAID_LESS_THE_DISCOUNT_WITHOUT_NAMING_IT -> paidLessTheDiscount(at);
        case FAILED -> ended(PaymentStatus.FAILED, at);
        case CANCELLED -> ended(PaymentStatus.CANCELLED, at);
        case FRAUD_BLOCKED -> ended(PaymentStatus.FRAUD_BLOCKED, at);
        // The worker keeps an order's calls in order: the next one waits for the answer to this.
        case CALL_REACHES_RRR -> {
          if (!calls.isEmpty()) answers.add(rrr.answer(calls.poll(), move.luck()));
        }
        case ANSWER_IS_LOST -> {
          if (!calls.isEmpty()) rrr.answer(calls.peek(), move.luck());
        }
        case ANSWER_ARRIVES -> {
          if (!answers.isEmpty()) arrives(answers.poll());
        }
        case OLD_ANSWER_AGAIN -> {
          if (!old.isEmpty()) happens(old.get(move.luck() % old.size()));
        }
        case DEADLINE -> due();
        case RETRY -> {
          if (state != null) happens(new Event.Retry(state.version(), "ann", "because"));
        }
      }
    }

    void untilQuiet() {
      for (var turn = 0; !calls.isEmpty() || !answers.isEmpty(); turn++) {
        assertThat(turn).as("it ends").isLessThan(1_000);
        while (!calls.isEmpty()) answers.add(rrr.answer(calls.poll(), 0));
        while (!answers.isEmpty()) arrives(answers.poll());
      }
      if (state != null && state.stage() instanceof Stage.Quoted) due();
    }

    void judge() {
      if (forgotten) return;
      assertThat(state.stage())
          .as("every order ends")
          .isInstanceOfAny(
              Stage.Finished.class, Stage.CommitFailed.class, Stage.ReverseFailed.class);
      switch (state.stage()) {
        case Stage.Committed _ -> {
          assertThat(rrr.burned).as("committed").isTrue();
          assertThat(rrr.burnedQuote).as("what was burned").isEqualTo(state.quote().id());
        }
        case Stage.ReverseFailed _ -> {}
        default -> assertThat(rrr.burned).as("burned in " + state.status()).isFalse();
      }
      if (newest instanceof Event.Paid)
        assertThat(state.stage())
            .as("a paid discount")
            .isInstanceOfAny(Stage.Committed.class, Stage.CommitFailed.class);
      if (newest instanceof Event.Stop && !(state.stage() instanceof Stage.ReverseFailed))
        assertThat(rrr.burned).as("points burned although no discount was charged").isFalse();
      Redemption rebuilt = null;
      for (var each : announced) rebuilt = Announcements.apply(rebuilt, each);
      assertThat(rebuilt).as("rebuilt from the announcements").isEqualTo(state);
    }

    void happens(Event event) {
      switch (table.decide(state, event, T)) {
        case Transitioned(var next, var call) -> {
          assertThat(next.version()).isEqualTo(state == null ? 1 : state.version() + 1);
          announced.add(Announcements.of(state, next));
          state = next;
          if (call != null) calls.add(call);
        }
        case Ignored _, Invalid _ -> {}
        case Purged _ -> {
          state = null;
          forgotten = true;
        }
      }
    }

    private void paidWith(String quote, Instant at) {
      paid(new Event.Paid(quote, null, new Payment(PaymentStatus.SUCCEEDED, at)));
    }

    private void ended(PaymentStatus status, Instant at) {
      paid(new Event.PaymentEnded(new Payment(status, at)));
    }

    private static Event.PaidWithoutDiscount inFull(Long charged, Instant at) {
      return new Event.PaidWithoutDiscount(charged, new Payment(PaymentStatus.SUCCEEDED, at, true));
    }

    /** Where a quote was given, it is the payment that names it. */
    private void paidLessTheDiscount(Instant at) {
      var quote = state.quote();
      if (quote == null) return;
      var charged = state.request().getCartTotalMinor() - quote.discountMinor();
      var named = new Event.Paid(quote.id(), charged, new Payment(PaymentStatus.SUCCEEDED, at));
      paid(inFull(charged, at), named);
    }

    private void paid(PaymentEvent event) {
      paid(event, event);
    }

    private void paid(PaymentEvent event, PaymentEvent meaning) {
      if (meaning.payment().countsOver(newest == null ? null : newest.payment())) newest = meaning;
      happens(event);
    }

    private void arrives(Event.Reply answer) {
      old.add(answer);
      happens(answer);
    }

    private void due() {
      if (state == null || forgotten) return;
      if (state.stage() instanceof Stage.Quoting) happens(new Event.DeadlinePassed(Deadline.QUOTE));
      else if (state.stage() instanceof Stage.Quoted)
        happens(new Event.DeadlinePassed(Deadline.PAYMENT));
    }

    private String earlierQuote() {
      return state.earlier().isEmpty() ? "q-1" : state.earlier().getFirst().quote().id();
    }

    private String quote() {
      return state == null || state.quote() == null ? "q-1" : state.quote().id();
    }
  }
}
