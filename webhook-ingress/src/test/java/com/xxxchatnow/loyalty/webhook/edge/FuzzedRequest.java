package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;

/**
 * A request that is right in most of its parts and wrong in some: so that each check behind a check
 * is reached. Its length is told truly, unless a wrong length is the mutation.
 */
final class FuzzedRequest {
  private static final String[] METHODS = {
    "POST", "GET", "PUT", "post", "P\u00D6ST", "TRACE", "PRI", ""
  };
  private static final String[] PATHS = {
    "/webhooks/rrr",
    "/webhooks/rrr?x=%zz",
    "/",
    "//",
    "*",
    "/webhooks/%2e%2e/rrr",
    "http://[::1",
    "/\u0000"
  };
  private static final String[] TYPES = {
    "application/json",
    "application/json; charset=\"",
    "text/plain",
    "",
    ";",
    "application/json;;;=",
    "multipart/form-data; boundary=x"
  };
  private static final String[] JSONS = {
    "{}",
    "null",
    "[[[[",
    "{\"event_id\":",
    "{\"event_id\":1e999999999}",
    "{\"event_id\":\"\\ud83d\"}",
    "{\"event_id\":\"e\",\"event_type\":{},\"data\":\"x\"}",
    "{\"event_id\":\"e\",\"event_type\":\"POINTS_POSTED\",\"data\":{\"member_id\":{}}}",
    "\uFEFF{\"event_id\":\"e\"}",
    "{\"event_id\":\"e\u0000\"}",
    "\"" + "\\".repeat(500),
    "-".repeat(300),
    "{\"a\":".repeat(300)
  };
  private static final byte[] RIGHT = Webhook.posted("e-1", "m-1").body();

  private final SplittableRandom random;

  FuzzedRequest(SplittableRandom random) {
    this.random = random;
  }

  byte[] bytes() {
    var request = random.nextInt(40) == 0 ? noise(random.nextInt(1, 300)) : request();
    if (random.nextInt(20) == 0) flip(request);
    return request;
  }

  private byte[] request() {
    var body = body();
    var head = new StringBuilder();
    head.append(mostly(METHODS))
        .append(' ')
        .append(mostly(PATHS))
        .append(" HTTP/1.1\r\nHost: a\r\n");
    head.append("Content-Type: ").append(mostly(TYPES)).append("\r\n");
    signature(head, body);
    if (random.nextInt(10) == 0) header(head);
    var bytes = new ByteArrayOutputStream();
    if (random.nextInt(5) == 0) {
      bytes.writeBytes(
          head.append("Transfer-Encoding: chunked\r\n\r\n").toString().getBytes(ISO_8859_1));
      chunks(bytes, body);
    } else {
      head.append("Content-Length: ").append(length(body)).append("\r\n\r\n");
      bytes.writeBytes(head.toString().getBytes(ISO_8859_1));
      bytes.writeBytes(body);
    }
    return bytes.toByteArray();
  }

  /** Never shorter than it is: the server would rightly wait for the rest. */
  private String length(byte[] body) {
    return switch (random.nextInt(60)) {
      case 0 -> "99999999999999999999";
      case 1 -> "-1";
      case 2 -> "300000";
      default -> Integer.toString(body.length);
    };
  }

  private byte[] body() {
    return switch (random.nextInt(8)) {
      case 0 -> JSONS[random.nextInt(JSONS.length)].getBytes(UTF_8);
      case 1 -> noise(random.nextInt(200));
      case 2, 3 -> {
        var mutated = RIGHT.clone();
        for (var i = random.nextInt(1, 6); i > 0; i--) flip(mutated);
        yield mutated;
      }
      case 4 -> random.nextInt(100) == 0 ? new byte[270_000] : new byte[0];
      default -> RIGHT;
    };
  }

  /** Right for three in four, so that what lies behind it is reached. */
  private void signature(StringBuilder head, byte[] body) {
    var right = Sender.signature(body);
    switch (random.nextInt(12)) {
      case 0 ->
          head.append("X-RRR-Signature: ").append(right, 0, random.nextInt(64)).append("\r\n");
      case 1 ->
          head.append("X-RRR-Signature: ").append(new String(noise(40), ISO_8859_1)).append("\r\n");
      case 2 -> head.append("X-RRR-Signature: ").append(right).append("\r\nx-rrr-signature: \r\n");
      default -> head.append("X-RRR-Signature: sha256=").append(right).append("\r\n");
    }
  }

  private void header(StringBuilder head) {
    switch (random.nextInt(6)) {
      case 0 -> head.append(new String(noise(30), ISO_8859_1)).append("\r\n");
      case 1 -> head.append("X-Long: ").append("x".repeat(random.nextInt(10_000))).append("\r\n");
      case 2 -> head.append("Expect: 200-maybe\r\n");
      case 3 -> head.append("Content-Encoding: gzip\r\n");
      case 4 -> head.append("X-Request-Trace: \u00FF\u00FE\r\ntraceparent: 00-zz\r\n");
      default -> head.append("Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n");
    }
  }

  private void chunks(ByteArrayOutputStream bytes, byte[] body) {
    for (var i = 0; i < body.length; i += 4_096) {
      var size = Math.min(4_096, body.length - i);
      bytes.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1));
      bytes.write(body, i, size);
      bytes.writeBytes((random.nextInt(50) == 0 ? "!!" : "\r\n").getBytes(ISO_8859_1));
    }
    bytes.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
  }

  private String mostly(String[] words) {
    return random.nextInt(15) == 0 ? words[random.nextInt(words.length)] : words[0];
  }

  private byte[] noise(int size) {
    var noise = new byte[size];
    random.nextBytes(noise);
    return noise;
  }

  private void flip(byte[] bytes) {
    if (bytes.length > 0) bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
  }
}
