package com.xxxchatnow.loyalty.earn;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.earn.Run.Expected;
import com.xxxchatnow.loyalty.earn.Run.Seen;
import com.xxxchatnow.loyalty.events.EarnResult;
import com.xxxchatnow.loyalty.events.EarnStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.kit.deadletter.DeadLetter;
import com.xxxchatnow.loyalty.kit.telemetry.TraceHeaders;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What must hold of a run whatever happened in it. The judges are RRR's ledger and a read_committed
 * reader, never our own counters; what is expected was computed before, by other code.
 */
enum Guarantee {
  /** Each purchase has its result, as expected. */
  NOTHING_LOST {
    @Override
    void check(List<Expected> expected, Seen seen) {
      var ends =
          seen.results().stream()
              .collect(Collectors.toMap(EarnResult::getOrderId, Guarantee::end, (a, b) -> a));
      assertThat(ends)
          .containsExactlyInAnyOrderEntriesOf(
              readable(expected).stream()
                  .collect(Collectors.toMap(Expected::orderId, Expected::end)));
    }
  },

  /** RRR's ledger holds what is expected, to the point, and nothing else. */
  EARNED_ONCE {
    @Override
    void check(List<Expected> expected, Seen seen) {
      assertThat(seen.ledger())
          .extracting(entry -> entry.orderId() + " " + entry.pointsDelta())
          .containsExactlyInAnyOrderElementsOf(
              earning(expected).stream()
                  .map(each -> each.orderId() + " " + each.points())
                  .toList());
    }
  },

  /** A read_committed reader sees each purchase once. */
  RESULTS_ONCE {
    @Override
    void check(List<Expected> expected, Seen seen) {
      assertThat(seen.results()).extracting(EarnResult::getOrderId).doesNotHaveDuplicates();
    }
  },

  /** A result that says earned names the ledger's entry. */
  RESULTS_ARE_TRUE {
    @Override
    void check(List<Expected> expected, Seen seen) {
      var entries =
          seen.ledger().stream()
              .collect(Collectors.toMap(LedgerEntry::orderId, LedgerEntry::entryId, (a, b) -> a));
      assertThat(
              seen.results().stream()
                  .filter(each -> each.getStatus() == EarnStatus.EARNED)
                  .collect(
                      Collectors.toMap(
                          EarnResult::getOrderId, EarnResult::getLedgerEntryId, (a, b) -> a)))
          .isEqualTo(entries);
    }
  },

  /** RRR was told of a user's purchases in their order, and so are the results' readers. */
  ORDER_PER_USER {
    @Override
    void check(List<Expected> expected, Seen seen) {
      assertThat(ofUser(seen.ledger().stream().toList(), LedgerEntry::userId, LedgerEntry::orderId))
          .isEqualTo(ofUser(earning(expected), Expected::userId, Expected::orderId));
      assertThat(ofUser(seen.results(), EarnResult::getUserId, EarnResult::getOrderId))
          .isEqualTo(ofUser(readable(expected), Expected::userId, Expected::orderId));
    }
  },

  /** Whatever is dead-lettered had to be, once, for the reason it says. */
  EVERY_DEAD_LETTER_HAS_A_REASON {
    @Override
    void check(List<Expected> expected, Seen seen) {
      assertThat(seen.deadLetters().stream().filter(letter -> !isOfUnknownMember(letter)).toList())
          .extracting(letter ->
              new String(letter.key())
                  + " "
                  + TraceHeaders.text(letter.headers(), DeadLetter.REASON).orElse("none"))
          .containsExactlyInAnyOrderElementsOf(
              expected.stream()
                  .filter(each -> each.end().startsWith(EarnStatus.DEAD_LETTERED.name()))
                  .map(each -> each.userId() + " " + each.reason())
                  .toList());
    }
  };

  /** After a kill nobody can tell whether a call was made for a user whom nobody knows. */
  private static boolean isOfUnknownMember(ConsumerRecord<byte[], byte[]> letter) {
    return new String(letter.key(), StandardCharsets.UTF_8).startsWith("unlinked-")
        && TraceHeaders.text(letter.headers(), DeadLetter.REASON)
            .filter(Reason.NOT_LINKED.name()::equals)
            .isPresent();
  }

  abstract void check(List<Expected> expected, Seen seen);

  private static String end(EarnResult result) {
    var status = result.getReason() == Reason.NOT_LINKED ? EarnStatus.SKIPPED : result.getStatus();
    return status + " " + result.getReason() + " " + result.getPoints();
  }

  private static List<Expected> readable(List<Expected> expected) {
    return expected.stream().filter(each -> each.purchase() != null).toList();
  }

  private static List<Expected> earning(List<Expected> expected) {
    return expected.stream().filter(each -> each.points() > 0).toList();
  }

  private static <T> Map<String, List<String>> ofUser(
      List<T> all,
      java.util.function.Function<T, String> user,
      java.util.function.Function<T, String> order) {
    return all.stream()
        .collect(Collectors.groupingBy(user, Collectors.mapping(order, Collectors.toList())));
  }
}
