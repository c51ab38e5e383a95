package com.xxxchatnow.loyalty.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Whoever talks to the services over HTTP, with canaries wherever a request has room for them. */
final class Strangers {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Addresses addresses;
  private final List<String> answers = new ArrayList<>();

  Strangers(Addresses addresses) {
    this.addresses = addresses;
  }

  /** Every answer that was not a 2xx, as it came over the wire. */
  List<String> refusals() {
    return answers.stream().filter(answer -> !answer.startsWith("HTTP/1.1 2")).toList();
  }

  /** Deliveries of RRR's, and others that only look like them. */
  void webhooks() throws IOException {
    var port = addresses.webhooks().getPort();
    var path = addresses.webhooks().getPath();
    var data = Map.of("member_id", Canaries.ALL, "points_delta", Canaries.CARD);
    var known = event("POINTS_POSTED", data);
    var unknown = event(Canaries.ALL, data);
    for (var body : List.of(known, unknown, event(null, data), Canaries.ALL, "{}")) {
      post(port, path, "X-RRR-Signature: " + signature(body), body);
      post(port, path, "X-RRR-Signature: " + signature(body + " "), body);
      post(port, path, "X-RRR-Signature: " + Canaries.ALL, body);
      post(port, path, "X-Nothing: " + Canaries.ALL, body);
    }
    elsewhere(port);
  }

  /** Questions that nobody can answer. */
  void questions() throws IOException {
    var canary = URLEncoder.encode(Canaries.ALL, UTF_8).replace("+", "%20");
    var port = addresses.queries().getPort();
    for (var path :
        List.of(
            "/redemptions/nobody-" + canary,
            "/redemptions/x?wait=" + canary,
            "/redemptions/x?wait=decided&timeout=" + canary,
            "/redemptions?status=" + canary,
            "/redemptions?status=QUOTED&limit=" + canary,
            "/redemptions/%ZZ" + canary)) get(port, path);
    elsewhere(port);
    for (var admin : addresses.admins()) elsewhere(admin.getPort());
  }

  private void elsewhere(int port) throws IOException {
    var canary = URLEncoder.encode(Canaries.ALL, UTF_8).replace("+", "%20");
    get(port, "/" + canary + "?q=" + canary);
    post(port, "/" + canary, "Cookie: " + Canaries.ALL, Canaries.ALL);
    say(port, Canaries.EMAIL + " / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    say(port, "GET /" + Canaries.ALL + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    say(port, "GET / HTTP/1.1\r\nHost: " + Canaries.ALL + "\r\nConnection: close\r\n\r\n");
  }

  private void get(int port, String path) throws IOException {
    say(
        port,
        "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nConnection: close\r\n\r\n"
            .formatted(path, Canaries.TOKEN));
  }

  private void post(int port, String path, String header, String body) throws IOException {
    var head =
        """
        POST %s?email=%s HTTP/1.1
        Host: x
        Connection: close
        Content-Type: application/json
        Content-Length: %d
        Authorization: %s
        X-Request-Trace: %s
        traceparent: %s
        X-RRR-Tenant: %s
        %s

        """
            .formatted(
                path,
                Canaries.EMAIL,
                body.getBytes(UTF_8).length,
                Canaries.TOKEN,
                Canaries.ALL,
                Canaries.ALL,
                Canaries.ALL,
                header);
    say(port, head.replace("\n", "\r\n") + body);
  }

  private void say(int port, String request) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(UTF_8));
      answers.add(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
    }
  }

  /** What RRR says when it refuses a call with all it knows. */
  void refuses(int status, String match) throws IOException {
    var fault =
        Map.of(
            "fault", "status", "status", status, "words", Canaries.ALL, "match", match, "next", 3);
    var body = JSON.writeValueAsString(fault);
    post(addresses.rrr().getPort(), "/admin/faults", "X-Nothing: x", body);
    if (!answers.getLast().startsWith("HTTP/1.1 2")) throw new IOException(answers.getLast());
  }

  private static String event(String type, Map<String, String> data) throws IOException {
    var event = JSON.createObjectNode().put("event_id", "e-" + String.valueOf(type).length());
    return JSON.writeValueAsString(
        event.put("event_type", type).set("data", JSON.valueToTree(data)));
  }

  private static String signature(String body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      var secret = SimulatorConfig.defaults().webhookSecret().getBytes(UTF_8);
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
