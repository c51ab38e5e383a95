package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs and posts as RRR does. */
public final class Sender implements AutoCloseable {
  public static final String SECRET = "whsec_of_the_tests";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  public HttpResponse<String> send(int port, Webhook webhook, String... headers)
      throws IOException, InterruptedException {
    return send(port, webhook.body(), headers);
  }

  public HttpResponse<String> send(int port, byte[] body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + WebhookHandler.PATH))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .header("X-RRR-Signature", signature(body))
            .POST(BodyPublishers.ofByteArray(body));
    if (headers.length > 0) request.headers(headers);
    return http.send(request.build(), BodyHandlers.ofString());
  }

  static String signature(byte[] body) {
    return signature(SECRET, body);
  }

  static String signature(String secret, byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
