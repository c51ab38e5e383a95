package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.LinkSource;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectationsTest {
  // Lets Avro make objects of the events' classes.
  static {
    new AvroSerdes("http://127.0.0.1:1");
  }

  private final Expectations expectations = new Expectations();

  @Test
  void checkouts_that_were_rejected_though_they_should_not_are_named() {
    expectations.order("c-1", "COMMITTED");
    expectations.order("c-2", "REJECTED (NOT_ELIGIBLE)");
    expectations.order("c-3", "EXPIRED (PAYMENT_TIMEOUT)");

    var redemptions =
        List.of(
            redemption("c-1", RedemptionStatus.REJECTED, Reason.RRR_UNAVAILABLE),
            redemption("c-2", RedemptionStatus.REJECTED, Reason.NOT_ELIGIBLE));

    assertThat(expectations.unmet(List.of(), redemptions))
        .containsExactly(
            "c-1: expected COMMITTED, but was REJECTED (RRR_UNAVAILABLE)",
            "c-3: expected EXPIRED (PAYMENT_TIMEOUT), but was null");
  }

  @Test
  void an_event_that_no_webhook_brought_is_named() {
    expectations.event("linked", WebhookEvents.linked("uma", LinkStatus.ACTIVE));
    expectations.event("unlinked", WebhookEvents.linked("uma", LinkStatus.REVOKED));

    assertThat(expectations.missing(List.of(link("uma"), link("bob"))))
        .containsExactly("the event did not come: unlinked");
  }

  private static LinkUpdated link(String userId) {
    return LinkUpdated.newBuilder()
        .setEventId("e-1")
        .setUserId(userId)
        .setMemberId("m-1")
        .setStatus(LinkStatus.ACTIVE)
        .setSource(LinkSource.WEBHOOK)
        .setReceivedAt(Instant.EPOCH)
        .build();
  }

  private static RedemptionStatusChanged redemption(
      String orderId, RedemptionStatus status, Reason reason) {
    return RedemptionStatusChanged.newBuilder()
        .setOrderId(orderId)
        .setUserId("alice")
        .setVersion(2)
        .setStatus(status)
        .setReason(reason)
        .setOccurredAt(Instant.EPOCH)
        .build();
  }
}
