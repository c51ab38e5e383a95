package com.xxxchatnow.loyalty.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.xxxchatnow.loyalty.cli.reconcile.Backfill.Untold;
import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackfillTest {
  private static final Instant FROM = Instant.parse("2026-11-21T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void a_burn_that_nobody_confirmed_has_its_order_and_discount_from_our_announcement() {
    var untold = untold(List.of(called("redemption_o-1_2", "o-1", 750)), burn("redemption_o-1_2"));

    assertThat(untold)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.type()).isEqualTo("REDEMPTION_COMMITTED");
          assertThat(event.data())
              .hasToString(
                  "{\"member_id\":\"m\",\"points_burned\":500,\"discount_minor\":750,"
                      + "\"order_id\":\"o-1\"}");
        });
  }

  @Test
  void a_reversal_is_told_as_both_its_events_under_two_ids() {
    var reversal =
        entry("e", "redemption_reverse_o-1", LedgerEntry.Type.REVERSAL, 500, "CANCELLED", NOON);

    var untold = untold(List.of(called("redemption_reverse_o-1", "o-1", 750)), reversal);

    assertThat(untold)
        .extracting(Untold::eventId)
        .containsExactly("backfill:e", "backfill:redemption:e");
    assertThat(untold.getLast().data())
        .hasToString(
            "{\"member_id\":\"m\",\"points_restored\":500,\"order_id\":\"o-1\","
                + "\"reason\":\"CANCELLED\"}");
  }

  @Test
  void what_was_told_is_not_told_again() {
    var claims =
        new ArrayList<>(
            List.of(
                called("redemption_o-1", "o-1", 750),
                called("redemption_reverse_o-1", "o-1", 750),
                told(ExpectedEntry.Kind.COMMIT_CONFIRMED, "o-1", ""),
                told(ExpectedEntry.Kind.REVERSED_TOLD, "", "e"),
                told(ExpectedEntry.Kind.POSTED_TOLD, "", "p")));
    var reversal =
        entry("e", "redemption_reverse_o-1", LedgerEntry.Type.REVERSAL, 500, "CANCELLED", NOON);
    var earned =
        entry("p", "token_purchase_o-1", LedgerEntry.Type.EARN, 10, "TOKEN_PURCHASE", NOON);

    assertThat(untold(claims, burn("redemption_o-1"), reversal, earned))
        .extracting(Untold::type)
        .containsExactly("REDEMPTION_REVERSED");
    claims.add(told(ExpectedEntry.Kind.REVERSAL_CONFIRMED, "o-1", ""));
    assertThat(untold(claims, burn("redemption_o-1"), reversal, earned)).isEmpty();
  }

  @Test
  void what_our_topics_and_the_ledger_do_not_tell_is_found_but_not_made() {
    var transfer = entry("t", "award-1", LedgerEntry.Type.TRANSFER_OUT, -5, "AWARD", NOON);

    assertThat(untold(List.of(), burn("redemption_o-9"), transfer))
        .extracting(Untold::type, Untold::complete)
        .containsExactly(tuple("REDEMPTION_COMMITTED", false), tuple("TRANSFER_COMPLETED", false));
  }

  @Test
  void what_was_posted_at_another_time_or_is_pending_is_left_out() {
    assertThat(
            untold(
                List.of(),
                entry("a", "k", LedgerEntry.Type.EARN, 10, "R", FROM.minusMillis(1)),
                entry("b", "k", LedgerEntry.Type.EARN, 10, "R", TO),
                entry("c", "k", LedgerEntry.Type.EARN, 10, "R", null)))
        .isEmpty();
  }

  private static List<Untold> untold(List<ExpectedEntry> claims, LedgerEntry... entries) {
    return new Backfill(FROM, TO).of(claims, List.of(entries));
  }

  private static ExpectedEntry called(String ref, String order, long discount) {
    return new ExpectedEntry(
        ExpectedEntry.Kind.CALLED, "m", order, ref, -500, discount, "", NOON, false);
  }

  private static ExpectedEntry told(ExpectedEntry.Kind kind, String order, String entry) {
    return new ExpectedEntry(kind, "m", order, "", 0, 0, entry, NOON, false);
  }

  private static LedgerEntry burn(String ref) {
    return entry("b", ref, LedgerEntry.Type.REDEEM, -500, "REDEMPTION", NOON);
  }

  private static LedgerEntry entry(
      String id, String ref, LedgerEntry.Type type, long points, String reason, Instant posted) {
    return new LedgerEntry(
        id, "m", "xcn", type, points, 0, reason, ref, NOON, posted, "CLIENT", "xcn");
  }
}
