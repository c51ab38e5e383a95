package com.xxxchatnow.loyalty.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PublishedOrdersTest {
  // Lets Avro make objects of the events' classes.
  static {
    new AvroSerdes("http://127.0.0.1:1");
  }

  private final PublishedOrders cast = new PublishedOrders();

  @Test
  void a_checkout_that_somebody_pays_does_not_end_with_its_deadline() {
    cast.checkout("paid", PaymentStatus.SUCCEEDED);
    cast.checkout("left", null);

    assertThat(decided("paid", RedemptionStatus.EXPIRED)).isFalse();
    assertThat(decided("paid", RedemptionStatus.COMMITTED)).isTrue();
    assertThat(decided("left", RedemptionStatus.EXPIRED)).isTrue();
    assertThat(decided("left", RedemptionStatus.QUOTED)).isFalse();
    assertThat(cast.decided("left", null)).isFalse();
  }

  private boolean decided(String order, RedemptionStatus status) {
    return cast.decided(
        order,
        RedemptionStatusChanged.newBuilder()
            .setOrderId(order)
            .setUserId("alice")
            .setVersion(3)
            .setStatus(status)
            .setOccurredAt(Instant.EPOCH)
            .build());
  }
}
