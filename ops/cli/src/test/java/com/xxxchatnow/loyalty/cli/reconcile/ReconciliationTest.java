package com.xxxchatnow.loyalty.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.cli.reconcile.Reconciliation.What;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
  private static final Instant FROM = Instant.parse("2026-11-21T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant AFTER = TO.plus(Duration.ofMinutes(5));

  @Test
  void what_agrees_is_no_finding() {
    assertFindings(
        List.of(earned("k", 10, "e", NOON), burned("r", -5, NOON), givingBack(), givenBack("b", 5)),
        List.of(
            entry("e", "k", LedgerEntry.Type.EARN, 10, NOON),
            entry("f", "r", LedgerEntry.Type.REDEEM, -5, NOON),
            entry("g", "b", LedgerEntry.Type.REVERSAL, 5, NOON),
            entry("h", "operator", LedgerEntry.Type.ADJUST, 99, NOON)));
  }

  @Test
  void what_the_ledger_does_not_have_is_missing() {
    assertFindings(List.of(earned("k", 10, "e", NOON)), List.of(), What.MISSING);
  }

  @Test
  void what_the_ledger_has_twice_is_doubled() {
    assertFindings(
        List.of(earned("k", 10, "e", NOON)),
        List.of(
            entry("e", "k", LedgerEntry.Type.EARN, 10, NOON),
            entry("e2", "k", LedgerEntry.Type.EARN, 10, NOON)),
        What.DOUBLED);
  }

  @Test
  void other_points_or_another_entry_are_different() {
    assertFindings(
        List.of(earned("k", 12, "e", NOON)),
        List.of(entry("e", "k", LedgerEntry.Type.EARN, 10, NOON)),
        What.DIFFERENT);
    assertFindings(
        List.of(earned("k", 10, "e", NOON)),
        List.of(entry("x", "k", LedgerEntry.Type.EARN, 10, NOON)),
        What.DIFFERENT);
  }

  @Test
  void what_nobody_told_is_unclaimed() {
    assertFindings(
        List.of(), List.of(entry("e", "k", LedgerEntry.Type.EARN, 10, NOON)), What.UNCLAIMED);
  }

  @Test
  void what_happened_outside_the_time_explains_and_is_not_judged() {
    assertFindings(
        List.of(earned("a", 10, "e", AFTER), earned("b", 10, "f", FROM.minusSeconds(1))),
        List.of(
            entry("e", "a", LedgerEntry.Type.EARN, 10, NOON),
            entry("x", "c", LedgerEntry.Type.EARN, 10, AFTER)));
    assertFindings(List.of(earned("a", 10, "e", TO)), List.of());
    assertFindings(List.of(earned("a", 10, "e", FROM)), List.of(), What.MISSING);
  }

  @Test
  void a_purchase_told_twice_by_a_replay_is_one() {
    assertFindings(
        List.of(earned("k", 10, "e", NOON), earned("k", 10, "e", NOON)),
        List.of(entry("e", "k", LedgerEntry.Type.EARN, 10, NOON)));
  }

  @Test
  void points_that_were_never_burned_need_not_come_back() {
    assertFindings(List.of(givenBack("b", 5)), List.of());
    assertFindings(List.of(givingBack(), givenBack("b", 5)), List.of(), What.MISSING);
  }

  private static void assertFindings(
      List<ExpectedEntry> claims, List<LedgerEntry> entries, What... expected) {
    assertThat(new Reconciliation(FROM, TO).of("m", claims, entries))
        .extracting(Reconciliation.Finding::what)
        .containsExactly(expected);
  }

  private static ExpectedEntry earned(String ref, long points, String entry, Instant at) {
    return new ExpectedEntry(ExpectedEntry.Kind.EARNED, "m", "o", ref, points, 0, entry, at, false);
  }

  private static ExpectedEntry burned(String ref, long points, Instant at) {
    return new ExpectedEntry(ExpectedEntry.Kind.BURNED, "m", "o", ref, points, 0, "", at, false);
  }

  private static ExpectedEntry givingBack() {
    return new ExpectedEntry(ExpectedEntry.Kind.GIVING_BACK, "m", "o", "", 0, 0, "", NOON, false);
  }

  private static ExpectedEntry givenBack(String ref, long points) {
    return new ExpectedEntry(
        ExpectedEntry.Kind.GIVEN_BACK, "m", "o", ref, points, 0, "", NOON, false);
  }

  private static LedgerEntry entry(
      String id, String ref, LedgerEntry.Type type, long points, Instant at) {
    return new LedgerEntry(id, "m", "xcn", type, points, 0, "R", ref, at, at, "CLIENT", "xcn");
  }
}
