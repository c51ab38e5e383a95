package com.xxxchatnow.loyalty.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.events.ConfirmationKind;
import com.xxxchatnow.loyalty.events.LinkStatus;
import com.xxxchatnow.loyalty.events.LinkUpdated;
import com.xxxchatnow.loyalty.events.PointsPosted;
import com.xxxchatnow.loyalty.events.PromotionStatus;
import com.xxxchatnow.loyalty.events.TransferStatus;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouterTopologyTest {
  private final RouterBench router = new RouterBench();

  @AfterEach
  void close() {
    router.close();
  }

  @Test
  void the_picture_is_the_one_that_was_reviewed() throws IOException {
    try (var golden = getClass().getResourceAsStream("router-topology.txt")) {
      assertThat(
              RouterTopology.of(RouterBench.serdes(), new IngressMetrics(router.meters))
                  .describe()
                  .toString())
          .isEqualTo(new String(golden.readAllBytes(), UTF_8));
    }
  }

  @Test
  void points_that_were_posted_are_told_under_their_member() {
    router.receives(Webhook.posted("e-1", "m-1", 150, "entry-1"));

    var published = router.published(Topics.POINTS_POSTED);
    assertThat(published).singleElement().satisfies(it -> {
      assertThat(it.key()).isEqualTo("m-1");
      assertThat(it.value())
          .isEqualTo(
              PointsPosted.newBuilder()
                  .setEventId("e-1")
                  .setMemberId("m-1")
                  .setPointsDelta(150)
                  .setLedgerEntryId("entry-1")
                  .setSourceRef("o-1:1")
                  .setReceivedAt(router.now())
                  .build());
    });
  }
}
