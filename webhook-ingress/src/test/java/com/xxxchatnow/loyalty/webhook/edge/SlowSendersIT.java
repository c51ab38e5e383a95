package com.xxxchatnow.loyalty.webhook.edge;

import static com.xxxchatnow.loyalty.webhook.edge.WebhookServerIT.BODY;
import static com.xxxchatnow.loyalty.webhook.edge.WebhookServerIT.JSON;
import static com.xxxchatnow.loyalty.webhook.edge.WebhookServerIT.SIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import com.xxxchatnow.loyalty.webhook.edge.WebhookServer.EdgeLimits;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * A thousand senders that begin and do not go on cost what they have sent, not what they announced.
 */
class SlowSendersIT {
  private static final int SENDERS = 1_000;
  private static final int SENT = 900;
  private static final int HALF_REQUESTS = 2_000;

  /** Of both ends of each connection: this JVM is the sender too. Announced are 250 MiB. */
  private static final long MAX_HEAP = SENDERS * 40L * 1024;

  @Test
  void a_thousand_half_sent_bodies_are_held_in_bounded_memory_and_others_are_served()
      throws Exception {
    var limits =
        new EdgeLimits(
            SENDERS + 10, Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofSeconds(5));
    var senders = new ArrayList<RawHttp>();
    try (var edge = new LocalServer(true, limits)) {
      var before = FuzzIT.heap();
      for (var i = 0; i < SENDERS; i++) senders.add(begun(edge));

      assertThat(FuzzIT.heap() - before).as("heap gained").isLessThan(MAX_HEAP);
      try (var other = edge.connect()) {
        other.send(WebhookServerIT.request(BODY, JSON + SIGNED));
        assertThat(other.reply().status()).isEqualTo(200);
      }
      for (var sender : senders) sender.close();
    }
  }

  @Test
  void two_thousand_half_requests_are_cut_and_a_right_one_is_answered_meanwhile() throws Exception {
    var limits =
        new EdgeLimits(
            HALF_REQUESTS / 2, Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(5));
    try (var edge = new LocalServer(true, limits);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var cut = new ArrayList<Future<Boolean>>();
      for (var i = 0; i < HALF_REQUESTS; i++) cut.add(threads.submit(() -> isCut(edge)));
      try (var right = edge.connect()) {
        right.send(WebhookServerIT.request(BODY, JSON + SIGNED));
        assertThat(right.reply().status()).isEqualTo(200);
      }

      for (var half : cut) assertThat(half.get()).isTrue();
    }
  }

  /** Whether the server ends a connection on which only half a request came. */
  private static boolean isCut(LocalServer edge) throws IOException {
    try (var half = edge.connect().send("POST /webhooks/rrr HTTP/1.1\r\nHo")) {
      var reply = half.reply();
      return reply == null || reply.status() == 408;
    } catch (SocketTimeoutException stillOpen) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** One whose body is asked for, and comes in part. */
  private static RawHttp begun(LocalServer edge) throws IOException {
    var http = edge.connect();
    var announced = "Expect: 100-continue\r\nContent-Length: " + WebhookBody.MAX_BYTES + "\r\n";
    http.send(WebhookServerIT.head("POST", WebhookHandler.PATH, JSON + SIGNED + announced));
    assertThat(http.reply().status()).isEqualTo(100);
    return http.send("x".repeat(SENT));
  }
}
