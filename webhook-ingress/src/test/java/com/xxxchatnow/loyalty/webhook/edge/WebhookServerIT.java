package com.xxxchatnow.loyalty.webhook.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody;
import com.xxxchatnow.loyalty.webhook.edge.RawHttp.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the edge answers to exactly which bytes. */
class WebhookServerIT {
  static final byte[] BODY = Webhook.posted("e-1", "m-1").body();
  static final String SIGNED = "X-RRR-Signature: " + Sender.signature(BODY) + "\r\n";
  static final String JSON = "Content-Type: application/json\r\n";

  private LocalServer edge = new LocalServer(true, LocalServer.LIMITS);

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void a_signed_webhook_is_taken() throws Exception {
    var reply = post(JSON + SIGNED, BODY);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
    assertThat(reply.header("Server")).isNull();
    assertThat(edge.kept()).extracting(WebhookReceived::getEventId).containsExactly("e-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "Application/JSON; charset=UTF-8", "application/json;x=y"})
  void json_is_a_type_with_any_parameters(String type) throws Exception {
    assertThat(post("Content-Type: " + type + "\r\n" + SIGNED, BODY).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Type:\r\n",
        "Content-Type: text/json\r\n",
        "Content-Type: application/json; charset=latin1\r\n",
        "Content-Type: application/json\r\nContent-Type: application/json\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n"
      })
  void another_type_is_415(String type) throws Exception {
    assertThat(post(type + SIGNED, BODY))
        .satisfies(it -> refused(it, 415, "UNSUPPORTED_MEDIA_TYPE"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "X-RRR-Signature:\r\n",
        "X-RRR-Signature: 0123456789abcdef\r\n",
        "X-RRR-Signature: sha256=\r\n",
        "X-RRR-Signature: fac1c960596acbff5e9bc06af46753eeebfd56da86f971450cf99adce2e25b4d\r\n"
      })
  void a_missing_empty_short_or_wrong_signature_is_401(String signature) throws Exception {
    assertThat(post(JSON + signature, BODY)).satisfies(it -> refused(it, 401, "UNAUTHENTICATED"));
  }

  @Test
  void a_doubled_signature_is_401() throws Exception {
    assertThat(post(JSON + SIGNED + SIGNED, BODY))
        .satisfies(it -> refused(it, 401, "UNAUTHENTICATED"));
  }

  @Test
  void one_bit_of_the_body_makes_it_401() throws Exception {
    var changed = BODY.clone();
    changed[10] ^= 1;

    assertThat(post(JSON + SIGNED, changed)).satisfies(it -> refused(it, 401, "UNAUTHENTICATED"));
  }

  @Test
  void what_is_not_signed_is_not_parsed() throws Exception {
    assertThat(post(JSON, "not json".getBytes(UTF_8)).status()).isEqualTo(401);
  }

  @Test
  void a_signed_body_that_is_no_json_is_400() throws Exception {
    assertThat(signed("{\"event_id\":")).satisfies(it -> refused(it, 400, "NOT_JSON"));
    assertThat(signed("{\"event_id\":\"e\u0000\"}")).satisfies(it -> refused(it, 400, "NOT_JSON"));
    assertThat(signed("")).satisfies(it -> refused(it, 400, "NOT_JSON"));
    assertThat(signed("{\"event_id\":\"a\",\"event_id\":\"b\"}"))
        .satisfies(it -> refused(it, 400, "NOT_JSON"));
  }

  @Test
  void a_signed_body_without_an_event_id_is_400() throws Exception {
    assertThat(signed("{}")).satisfies(it -> refused(it, 400, "NO_EVENT_ID"));
    assertThat(signed("{\"event_id\":\"" + "x".repeat(129) + "\"}"))
        .satisfies(it -> refused(it, 400, "NO_EVENT_ID"));
  }

  @Test
  void a_byte_order_mark_and_a_hundred_levels_are_json_and_kept() throws Exception {
    assertThat(signed("\uFEFF{\"event_id\":\"bom\"}").status()).isEqualTo(200);
    assertThat(
            signed("{\"event_id\":\"deep\",\"x\":" + "[".repeat(100) + "]".repeat(100) + "}")
                .status())
        .isEqualTo(200);
    assertThat(signed("{\"event_id\":\"deep\",\"x\":" + "[".repeat(1000) + "]".repeat(1000) + "}"))
        .satisfies(it -> refused(it, 400, "NOT_JSON"));

    assertThat(edge.kept()).extracting(WebhookReceived::getEventId).containsExactly("bom", "deep");
  }

  @Test
  void a_body_of_256_kib_is_taken_and_one_byte_more_is_413() throws Exception {
    var head = "{\"event_id\":\"big\",\"x\":\"";
    var fits = head + "x".repeat(WebhookBody.MAX_BYTES - head.length() - 2) + "\"}";

    assertThat(signed(fits).status()).isEqualTo(200);
    // Refused by its length alone: who sends on may lose the answer to the closed connection.
    var length = "Content-Length: " + (WebhookBody.MAX_BYTES + 1) + "\r\n";
    try (var http = edge.connect()) {
      http.send(head("POST", "/webhooks/rrr", JSON + SIGNED + length));

      assertThat(http.reply()).satisfies(it -> refused(it, 413, "TOO_LARGE"));
    }
  }

  @Test
  void a_length_beyond_the_limit_is_413_before_any_of_it_is_sent() throws Exception {
    try (var http = edge.connect()) {
      http.send(head("POST", "/webhooks/rrr", JSON + SIGNED + "Content-Length: 99999999999\r\n"));

      assertThat(http.reply()).satisfies(it -> refused(it, 413, "TOO_LARGE"));
      assertThat(http.closed()).isTrue();
    }
  }

  @Test
  void a_chunked_body_is_taken() throws Exception {
    try (var http = edge.connect()) {
      http.send(head("POST", "/webhooks/rrr", JSON + SIGNED + "Transfer-Encoding: chunked\r\n"));
      for (var i = 0; i < BODY.length; i += 40) {
        var part = Arrays.copyOfRange(BODY, i, Math.min(i + 40, BODY.length));
        http.send(Integer.toHexString(part.length) + "\r\n").send(part).send("\r\n");
      }
      http.send("0\r\n\r\n");

      assertThat(http.reply().status()).isEqualTo(200);
      assertThat(edge.kept().getFirst().getBody().array()).isEqualTo(BODY);
    }
  }

  @Test
  void a_chunked_body_of_300_kib_is_413_while_it_is_read() throws Exception {
    try (var http = edge.connect()) {
      http.send(head("POST", "/webhooks/rrr", JSON + SIGNED + "Transfer-Encoding: chunked\r\n"));
      var reply = CompletableFuture.supplyAsync(() -> replyOf(http));
      endless(http);

      assertThat(reply.get(10, TimeUnit.SECONDS)).satisfies(it -> refused(it, 413, "TOO_LARGE"));
      assertThat(edge.kept()).isEmpty();
    }
  }

  /** Sends until it has sent much too much, or the server has had enough. */
  private static void endless(RawHttp http) throws IOException {
    try {
      for (var i = 0; i < 300; i++) http.send("400\r\n" + "x".repeat(1024) + "\r\n");
      http.send("0\r\n\r\n");
    } catch (SocketException cut) {
      assertThat(cut).hasMessageMatching("(?i).*(broken pipe|reset|closed).*");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"})
  void another_method_is_405_with_the_one_that_is_allowed(String method) throws Exception {
    try (var http = edge.connect()) {
      var reply = http.send(head(method, "/webhooks/rrr", "Content-Length: 0\r\n")).reply();

      refused(reply, 405, "METHOD_NOT_ALLOWED");
      assertThat(reply.header("Allow")).isEqualTo("POST");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/webhooks", "/health"})
  void another_path_is_404(String path) throws Exception {
    try (var http = edge.connect()) {
      http.send(head("POST", path, JSON + SIGNED + "Content-Length: " + BODY.length + "\r\n"));

      assertThat(http.send(BODY).reply()).satisfies(it -> refused(it, 404, "NOT_FOUND"));
      assertThat(edge.kept()).isEmpty();
    }
  }

  @Test
  void a_query_changes_nothing() throws Exception {
    try (var http = edge.connect()) {
      http.send(
          head(
              "POST",
              "/webhooks/rrr?a=b",
              JSON + SIGNED + "Content-Length: " + BODY.length + "\r\n"));

      assertThat(http.send(BODY).reply().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GARBAGE                                                              | 400",
        "POST /webhooks/rrr                                                   | 400",
        "POST /webhooks/rrr HTTP/1.1\\r\\n\\r\\n                              | 400",
        "POST /webhooks/rrr HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n    | 400",
        "POST /webhooks/rrr HTTP/9.9\\r\\nHost: a\\r\\n\\r\\n                 | 400",
        "POST /webhooks/rrr HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: x\\r\\n\\r\\n | 400",
        "POST /webhooks/rrr HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\nContent-Length:"
            + " 6\\r\\n\\r\\n"
            + " | 400",
        "POST /webhooks/rrr HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\nTransfer-Encoding:"
            + " chunked\\r\\n\\r\\n"
            + " | 400",
        "POST /webhooks/rrr HTTP/1.1\\r\\nHost: a\\r\\nX: \\0\\r\\n\\r\\n      | 400",
        "POST /webhooks/%ff%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n              | 400"
      })
  void what_is_no_request_is_refused_in_our_own_words(String bytes, int status) throws Exception {
    try (var http = edge.connect()) {
      http.send(bytes.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0") + "\r\n\r\n");
      var reply = http.reply();

      assertThat(reply.status()).isEqualTo(status);
      assertThat(reply.body()).startsWith("{\"error\":{\"code\":\"").doesNotContain("jetty");
      assertThat(reply.header("Content-Type")).isEqualTo("application/json");
      assertThat(reply.header("Server")).isNull();
    }
  }

  @Test
  void headers_beyond_8_kib_are_431_and_a_longer_line_is_414() throws Exception {
    try (var http = edge.connect()) {
      http.send(head("POST", "/webhooks/rrr", "X-Long: " + "x".repeat(9_000) + "\r\n"));
      refused(http.reply(), 431, "HEADERS_TOO_LARGE");
    }
    try (var http = edge.connect()) {
      http.send(head("POST", "/" + "x".repeat(9_000), ""));
      refused(http.reply(), 414, "URI_TOO_LONG");
    }
  }

  @Test
  void requests_on_one_connection_are_answered_in_their_order() throws Exception {
    var bytes = new ByteArrayOutputStream();
    for (var i = 0; i < 5; i++) {
      var body = Webhook.posted("p-" + i, "m-1").body();
      bytes.writeBytes(request(body, JSON + "X-RRR-Signature: " + Sender.signature(body) + "\r\n"));
      bytes.writeBytes(request(body, JSON));
    }
    try (var http = edge.connect()) {
      http.send(bytes.toByteArray());
      var statuses = new ArrayList<Integer>();
      for (var i = 0; i < 10; i++) statuses.add(http.reply().status());

      assertThat(statuses).containsExactly(200, 401, 200, 401, 200, 401, 200, 401, 200, 401);
    }
    assertThat(edge.kept())
        .extracting(WebhookReceived::getEventId)
        .containsExactly("p-0", "p-1", "p-2", "p-3", "p-4");
  }

  @Test
  void a_body_that_dribbles_in_is_408_in_time() throws Exception {
    try (var http = edge.connect()) {
      http.send(head("POST", "/webhooks/rrr", JSON + SIGNED + "Content-Length: 100\r\n"));
      var reply = CompletableFuture.supplyAsync(() -> replyOf(http));
      await()
          .pollInterval(Duration.ofMillis(100))
          .atMost(Duration.ofSeconds(5))
          .until(() -> {
            if (!reply.isDone()) http.send(" ");
            return reply.isDone();
          });

      refused(reply.get(), 408, "TOO_SLOW");
    }
  }

  @Test
  void headers_that_dribble_in_end_the_connection_in_time() throws Exception {
    try (var http = edge.connect()) {
      http.send("POST /webhooks/rrr HTTP/1.1\r\nHost: a\r\nX-Slow: ");
      var closed = CompletableFuture.supplyAsync(() -> closedBy(http));
      await()
          .pollInterval(Duration.ofMillis(100))
          .atMost(Duration.ofSeconds(5))
          .until(() -> {
            if (!closed.isDone()) dribble(http);
            return closed.isDone();
          });

      assertThat(closed.get()).isTrue();
    }
  }

  @Test
  void connections_beyond_the_limit_wait_until_one_is_free() throws Exception {
    var held = new ArrayList<RawHttp>();
    for (var i = 0; i < LocalServer.LIMITS.connections() + 5; i++) held.add(edge.connect());
    try (var late = edge.connect()) {
      late.send(request(BODY, JSON + SIGNED));
      for (var one : held) one.close();

      assertThat(late.reply().status()).isEqualTo(200);
    }
  }

  @Test
  void bodies_take_no_more_memory_than_there_is_and_the_rest_is_503() throws Exception {
    var many = new ArrayList<RawHttp>();
    var part = "x".repeat(250 * 1024);
    for (var i = 0; i < 4; i++) {
      many.add(edge.connect());
      many.getLast()
          .send(head("POST", "/webhooks/rrr", JSON + SIGNED + "Content-Length: 260000\r\n") + part);
    }
    many.add(edge.connect());
    many.getLast()
        .send(head("POST", "/webhooks/rrr", JSON + SIGNED + "Content-Length: 260000\r\n") + part);
    var statuses = new ArrayList<Integer>();
    for (var one : many) {
      statuses.add(one.reply().status());
      one.close();
    }

    assertThat(statuses).contains(503).containsOnly(408, 503);
    assertThat(post(JSON + SIGNED, BODY).status()).isEqualTo(200);
  }

  static Stream<RuntimeException> whatKafkaSays() {
    return Stream.of(
        new TimeoutException("late"),
        new BufferExhaustedException("full"),
        new RecordTooLargeException("large"),
        new NotEnoughReplicasException("alone"),
        new UnknownTopicOrPartitionException("missing"),
        new TopicAuthorizationException("forbidden"),
        new ClusterAuthorizationException("forbidden"),
        new IllegalStateException("closed"));
  }

  @ParameterizedTest
  @MethodSource("whatKafkaSays")
  void what_kafka_does_not_acknowledge_is_503_with_a_time_to_come_back(RuntimeException failure)
      throws Exception {
    edge.close();
    edge = new LocalServer(false, LocalServer.LIMITS);
    try (var http = edge.connect()) {
      http.send(request(BODY, JSON + SIGNED));
      await().until(() -> edge.kafka.errorNext(failure));

      assertThat(http.reply()).satisfies(WebhookServerIT::toBeSentAgain);
    }
  }

  @ParameterizedTest
  @MethodSource("whatKafkaSays")
  void what_cannot_even_be_sent_to_kafka_is_503_too(RuntimeException failure) throws Exception {
    edge.kafka.sendException = failure;
    assertThat(post(JSON + SIGNED, BODY)).satisfies(WebhookServerIT::toBeSentAgain);

    edge.kafka.sendException = null;
    assertThat(post(JSON + SIGNED, BODY).status()).isEqualTo(200);
  }

  @Test
  void no_200_before_kafka_has_acknowledged() throws Exception {
    edge.close();
    edge = new LocalServer(false, LocalServer.LIMITS);
    try (var http = edge.connect()) {
      http.send(request(BODY, JSON + SIGNED));
      await().until(() -> !edge.kafka.history().isEmpty());

      assertThat(http.silentFor(Duration.ofMillis(300))).isTrue();
      edge.kafka.completeNext();
      assertThat(http.reply().status()).isEqualTo(200);
    }
  }

  private static void toBeSentAgain(Reply reply) {
    refused(reply, 503, "UNAVAILABLE");
    assertThat(reply.header("Retry-After")).isEqualTo("5");
  }

  @Test
  void stopping_answers_what_was_taken_and_refuses_the_rest() throws Exception {
    edge.close();
    edge = new LocalServer(false, LocalServer.LIMITS);
    try (var taken = edge.connect();
        var idle = edge.connect()) {
      taken.send(request(BODY, JSON + SIGNED));
      await().until(() -> !edge.kafka.history().isEmpty());
      idle.send("POST /webh");

      var stopping = CompletableFuture.runAsync(edge::close);
      await().until(() -> refusesConnections());
      idle.send("ooks/rrr HTTP/1.1\r\nHost: a\r\n\r\n");
      var refused = replyOf(idle);
      edge.kafka.completeNext();

      assertThat(taken.reply().status()).isEqualTo(200);
      assertThat(taken.closed()).isTrue();
      if (refused != null) refused(refused, 503, "UNAVAILABLE");
      stopping.get(10, TimeUnit.SECONDS);
    }
  }

  private boolean refusesConnections() {
    try (var one = edge.connect()) {
      return one.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").reply() == null;
    } catch (IOException refused) {
      return true;
    }
  }

  private Reply signed(String body) throws IOException {
    var bytes = body.getBytes(UTF_8);
    return post(JSON + "X-RRR-Signature: " + Sender.signature(bytes) + "\r\n", bytes);
  }

  private Reply post(String headers, byte[] body) throws IOException {
    try (var http = edge.connect()) {
      return http.send(request(body, headers)).reply();
    }
  }

  static byte[] request(byte[] body, String headers) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        head("POST", "/webhooks/rrr", headers + "Content-Length: " + body.length + "\r\n")
            .getBytes(ISO_8859_1));
    bytes.writeBytes(body);
    return bytes.toByteArray();
  }

  static String head(String method, String path, String headers) {
    return method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
  }

  private static void refused(Reply reply, int status, String code) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.body())
        .matches("\\{\"error\":\\{\"code\":\"" + code + "\",\"message\":\"[^\"]+\"}}");
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
  }

  private static Reply replyOf(RawHttp http) {
    try {
      return http.reply();
    } catch (IOException cut) {
      return null;
    }
  }

  private static boolean closedBy(RawHttp http) {
    try {
      return http.closed();
    } catch (IOException cut) {
      return true;
    }
  }

  private static void dribble(RawHttp http) {
    try {
      http.send("x");
    } catch (IOException cut) {
      // The server has had enough: what the test waits for.
    }
  }
}
