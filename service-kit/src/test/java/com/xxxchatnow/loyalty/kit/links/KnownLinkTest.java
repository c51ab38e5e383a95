package com.xxxchatnow.loyalty.kit.links;

import static com.xxxchatnow.loyalty.events.LinkSource.LOCAL;
import static com.xxxchatnow.loyalty.events.LinkSource.RRR_STATUS;
import static com.xxxchatnow.loyalty.events.LinkSource.WEBHOOK;
import static com.xxxchatnow.loyalty.events.LinkStatus.ACTIVE;
import static com.xxxchatnow.loyalty.events.LinkStatus.EXPIRED;
import static com.xxxchatnow.loyalty.events.LinkStatus.PENDING;
import static com.xxxchatnow.loyalty.events.LinkStatus.REVOKED;
import static com.xxxchatnow.loyalty.events.LinkStatus.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KnownLinkTest {
  private static KnownLink link(String member, LinkStatus status, LinkSource source, long at) {
    return new KnownLink(member, status, source, Instant.ofEpochSecond(at));
  }

  private static void inBothOrders(KnownLink one, KnownLink two, KnownLink result) {
    assertThat(one.and(two)).isEqualTo(result);
    assertThat(two.and(one)).isEqualTo(result);
  }

  @ParameterizedTest
  @EnumSource(
      value = LinkStatus.class,
      names = {"PENDING", "UNKNOWN"})
  void a_pending_link_and_an_unknown_word_say_nothing(LinkStatus status) {
    var update = new LinkUpdated("e", "u", "m-1", status, Instant.EPOCH, WEBHOOK);
    assertThat(KnownLink.of(update)).isEmpty();
  }

  @Test
  void the_newest_record_of_a_member_counts_in_any_order() {
    inBothOrders(
        link("m-1", ACTIVE, WEBHOOK, 1),
        link("m-1", REVOKED, WEBHOOK, 2),
        link("m-1", REVOKED, WEBHOOK, 2));
    inBothOrders(
        link("m-1", EXPIRED, WEBHOOK, 1),
        link("m-1", ACTIVE, WEBHOOK, 2),
        link("m-1", ACTIVE, WEBHOOK, 2));
    inBothOrders(
        link("m-1", ACTIVE, WEBHOOK, 1),
        link("m-2", ACTIVE, WEBHOOK, 2),
        link("m-2", ACTIVE, WEBHOOK, 2));
  }

  @ParameterizedTest
  @EnumSource(
      value = LinkStatus.class,
      names = {"REVOKED", "EXPIRED"})
  void the_end_of_a_former_link_changes_nothing_for_the_new_one(LinkStatus end) {
    var now = link("m-2", ACTIVE, WEBHOOK, 5);
    assertThat(now.and(link("m-1", end, WEBHOOK, 9))).isEqualTo(now);
    assertThat(now.and(link("m-1", end, RRR_STATUS, 9))).isEqualTo(now);
  }

  @Test
  void at_the_same_time_the_better_source_counts() {
    var told = link("m-1", ACTIVE, WEBHOOK, 1);
    var answered = link("m-1", REVOKED, RRR_STATUS, 1);
    var done = link("m-1", ACTIVE, LOCAL, 1);
    inBothOrders(told, answered, answered);
    inBothOrders(answered, done, done);
    inBothOrders(told, done, done);
  }

  @Test
  void a_link_that_was_ended_here_is_begun_again_by_rrrs_answer_or_here_and_by_no_webhook() {
    var end = link("m-1", REVOKED, LOCAL, 5);
    assertThat(end.endedHere()).isTrue();
    for (var member : new String[] {"m-1", "m-2"}) {
      inBothOrders(end, link(member, ACTIVE, WEBHOOK, 9), end);
      inBothOrders(end, link(member, REVOKED, WEBHOOK, 9), end);
      inBothOrders(end, link(member, ACTIVE, RRR_STATUS, 4), end);
      inBothOrders(end, link(member, ACTIVE, RRR_STATUS, 5), end);
      for (var source : new LinkSource[] {RRR_STATUS, LOCAL}) {
        var begun = link(member, ACTIVE, source, 6);
        inBothOrders(end, begun, begun);
      }
    }
  }

  @Test
  void only_an_active_link_is_active() {
    assertThat(link("m-1", ACTIVE, WEBHOOK, 1).active()).isTrue();
    for (var status : new LinkStatus[] {REVOKED, EXPIRED, PENDING, UNKNOWN})
      assertThat(link("m-1", status, WEBHOOK, 1).active()).isFalse();
  }
}
