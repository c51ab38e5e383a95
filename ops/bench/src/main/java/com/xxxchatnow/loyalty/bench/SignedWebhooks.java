package com.xxxchatnow.loyalty.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.WebhookReceived;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Ever new POINTS_POSTED webhooks: as RRR sends them, and as the ingress keeps them. */
final class SignedWebhooks {
  static final String SECRET = "whsec_of_the_bench";
  private static final int MEMBERS = 10_000;

  private final AtomicLong next = new AtomicLong();
  private final String run = UUID.randomUUID().toString();
  private final Clock clock;

  SignedWebhooks(Clock clock) {
    this.clock = clock;
  }

  /**
   * @param member what the record's partition follows
   */
  record Webhook(String eventId, String member, byte[] body) {}

  Webhook next() {
    var number = next.incrementAndGet();
    var eventId = run + "-" + number;
    var member = new UUID(7, number % MEMBERS).toString();
    var body =
        """
        {"event_id":"%s","event_type":"POINTS_POSTED","data":{"member_id":"%s","points_delta":150,\
        "ledger_entry_id":"%s","source_ref":"order-%d:1"}}\
        """
            .formatted(eventId, member, new UUID(9, number), number);
    return new Webhook(eventId, member, body.getBytes(UTF_8));
  }

  static byte[] request(Webhook webhook) {
    var head =
        """
        POST /webhooks/rrr HTTP/1.1\r
        Host: 127.0.0.1\r
        Content-Type: application/json\r
        Content-Length: %d\r
        X-RRR-Signature: %s\r
        \r
        """
            .formatted(webhook.body().length, signature(webhook.body()));
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.getBytes(US_ASCII));
    bytes.writeBytes(webhook.body());
    return bytes.toByteArray();
  }

  WebhookReceived kept(Webhook webhook) {
    return WebhookReceived.newBuilder()
        .setEventId(webhook.eventId())
        .setEventType("POINTS_POSTED")
        .setBody(ByteBuffer.wrap(webhook.body()))
        .setTrace(UUID.randomUUID().toString())
        .setReceivedAt(clock.instant())
        .build();
  }

  private static String signature(byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has HmacSHA256", impossible);
    }
  }
}
