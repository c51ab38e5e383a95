package com.xxxchatnow.loyalty.webhook.edge;

import static com.xxxchatnow.loyalty.webhook.edge.WebhookServerIT.BODY;
import static com.xxxchatnow.loyalty.webhook.edge.WebhookServerIT.JSON;
import static com.xxxchatnow.loyalty.webhook.edge.WebhookServerIT.SIGNED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests as attackers and careless clients write them, each with a right one behind it on the
 * same connection: what is answered, and whether the edge and a proxy could see different requests.
 */
class HostileHttpIT {
  private static final LocalServer EDGE = new LocalServer(true, LocalServer.LIMITS);
  private static final String LENGTH = "Content-Length: " + BODY.length + "\r\n";
  private static final String BYTES = new String(BODY, ISO_8859_1);
  private static final String RIGHT =
      WebhookServerIT.head("POST", "/webhooks/rrr", JSON + SIGNED + LENGTH) + BYTES;
  private static final String CHUNKED =
      Integer.toHexString(BODY.length) + "\r\n" + BYTES + "\r\n0\r\n\r\n";

  @BeforeEach
  void forget() {
    EDGE.kafka.clear();
  }

  @AfterAll
  static void close() {
    EDGE.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 146\r\nContent-Length: 146",
        "Content-Length: 146\r\nContent-Length: 5",
        "Content-Length: 146, 146",
        "Content-Length: 5, 6",
        "Content-Length: +146",
        "Content-Length: 0x92",
        "Content-Length: -5",
        "Content-Length: 5 5",
        "Content-Length:",
        "Content-Length : 146",
        " Content-Length: 146",
        "Content-Length:\r\n 146",
        "X: a\rContent-Length: 146",
        "X: a\nContent-Length: 146",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: \u000bchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\r\n chunked",
      })
  void where_a_body_ends_is_never_guessed(String framing) throws Exception {
    var body = framing.contains("Transfer") ? CHUNKED : BYTES;

    assertThat(
            answers(
                WebhookServerIT.head("POST", "/webhooks/rrr", JSON + SIGNED + framing + "\r\n")
                    + body))
        .containsExactly("400 BAD_REQUEST", "closed");
    assertThat(EDGE.kept()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 400 BAD_REQUEST",
    "FFFFFFFFFFFFFFFFFF, 400 BAD_REQUEST",
    "zz, 400 BAD_REQUEST",
    "'', 400 BAD_REQUEST",
    "80000000, 408 TOO_SLOW"
  })
  void a_chunk_of_no_sensible_size_is_refused(String size, String answer) throws Exception {
    assertThat(answers(chunked("Transfer-Encoding: chunked\r\n", size + "\r\n\r\n")))
        .containsExactly(answer, "closed");
    assertThat(EDGE.kept()).isEmpty();
  }

  @Test
  void chunks_may_have_extensions_and_trailers_but_no_bare_line_feeds() throws Exception {
    var te = "Transfer-Encoding: Chunked\r\n";
    assertThat(answers(chunked(te, CHUNKED.replace("\r\n{", ";a=b\r\n{"))))
        .containsExactly("200", "200");
    assertThat(answers(chunked(te, CHUNKED.replace("0\r\n\r\n", "0\r\nX-T: y\r\n\r\n"))))
        .containsExactly("200", "200");
    assertThat(answers(chunked(te, CHUNKED.replace("0\r\n\r\n", "0\r\nno trailer\r\n\r\n"))))
        .containsExactly("400 BAD_REQUEST", "closed");
    assertThat(answers(chunked(te, CHUNKED.replace("\r\n{", "\n{"))))
        .containsExactly("400 BAD_REQUEST", "closed");
  }

  @Test
  void a_transfer_that_is_encoded_is_415() throws Exception {
    assertThat(answers(chunked("Transfer-Encoding: gzip, chunked\r\n", CHUNKED)))
        .containsExactly("415 UNSUPPORTED_MEDIA_TYPE", "closed");
  }

  @ParameterizedTest
  @CsvSource({
    "/webhooks/rrr/../x, 404 NOT_FOUND, 200",
    "/x/../webhooks/rrr, 404 NOT_FOUND, 200",
    "/webhooks/./rrr, 404 NOT_FOUND, 200",
    "/webhooks/%72rr, 404 NOT_FOUND, 200",
    "/webhooks/rrr%20, 404 NOT_FOUND, 200",
    "/webhooks/rrr;a=b, 404 NOT_FOUND, 200",
    "/webhooks/rrr;, 404 NOT_FOUND, 200",
    "/webhooks;a=b/rrr, 404 NOT_FOUND, 200",
    "/webhooks/rrr/, 404 NOT_FOUND, 200",
    "/webhooks/RRR, 404 NOT_FOUND, 200",
    "http://a, 404 NOT_FOUND, 200",
    "/webhooks%2Frrr, 400 BAD_REQUEST, closed",
    "/webhooks%2frrr, 400 BAD_REQUEST, closed",
    "/webhooks/%2e%2e/webhooks/rrr, 400 BAD_REQUEST, closed",
    "/webhooks/rrr%00, 400 BAD_REQUEST, closed",
    "/webhooks/%zz, 400 BAD_REQUEST, closed",
    "/webhooks//rrr, 400 BAD_REQUEST, closed",
    "//webhooks/rrr, 400 BAD_REQUEST, closed",
    "/webhooks\\rrr, 400 BAD_REQUEST, closed",
    "/webhooks/rrr#, 400 BAD_REQUEST, closed",
    "webhooks/rrr, 400 BAD_REQUEST, closed",
    "http://b/webhooks/rrr, 400 BAD_REQUEST, closed",
    "http://a/webhooks/rrr, 200, 200",
    "https://a:443/webhooks/rrr?x=y, 200, 200",
    "/webhooks/rrr?, 200, 200"
  })
  void there_is_one_path_written_in_one_way(String target, String answer, String next)
      throws Exception {
    assertThat(answers(WebhookServerIT.head("POST", target, JSON + SIGNED + LENGTH) + BYTES))
        .containsExactly(answer, next);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, 405 METHOD_NOT_ALLOWED, 200",
    "OPTIONS, 405 METHOD_NOT_ALLOWED, 200",
    "TRACE, 405 METHOD_NOT_ALLOWED, 200",
    "post, 405 METHOD_NOT_ALLOWED, 200",
    "CONNECT, 400 BAD_REQUEST, closed"
  })
  void there_is_one_method(String method, String answer, String next) throws Exception {
    assertThat(answers(WebhookServerIT.head(method, "/webhooks/rrr", "X-Secret: s\r\n")))
        .containsExactly(answer, next);
  }

  @Test
  void options_of_the_whole_server_and_tunnels_are_refused() throws Exception {
    assertThat(answers(WebhookServerIT.head("OPTIONS", "*", "")))
        .containsExactly("404 NOT_FOUND", "200");
    assertThat(answers(WebhookServerIT.head("CONNECT", "a:443", "")))
        .containsExactly("400 BAD_REQUEST", "closed");
  }

  @Test
  void head_is_answered_by_headers_alone() throws Exception {
    try (var http = EDGE.connect()) {
      http.send(WebhookServerIT.head("HEAD", "/webhooks/rrr", "") + RIGHT);

      assertThat(http.head().status()).isEqualTo(405);
      assertThat(http.reply().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.2, 400 BAD_REQUEST, closed",
    "HTTP/2.0, 400 BAD_REQUEST, closed",
    "HTTP/3.0, 400 BAD_REQUEST, closed",
    "HTTP/1.0, 200, closed"
  })
  void the_version_is_1_1_or_1_0_without_keep_alive(String version, String answer, String next)
      throws Exception {
    assertThat(answers(RIGHT.replace("HTTP/1.1", version))).containsExactly(answer, next);
  }

  @Test
  void http_0_9_and_the_prefaces_of_http_2_and_tls_are_refused() throws Exception {
    for (var preface :
        List.of("GET /webhooks/rrr\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001"))
      assertThat(answers(preface)).containsExactly("400 BAD_REQUEST", "closed");
  }

  @Test
  void http_1_0_needs_no_host_and_may_keep_the_connection() throws Exception {
    var old = RIGHT.replace("HTTP/1.1", "HTTP/1.0");
    assertThat(answers(old.replace("Host: a\r\n", ""))).containsExactly("200", "closed");
    assertThat(answers(old.replace("Host: a\r\n", "Connection: keep-alive\r\n")))
        .containsExactly("200", "200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Empty:", "X-Latin: \u00ff", "Upgrade: h2c\r\nConnection: Upgrade"})
  void a_header_that_is_empty_foreign_or_wants_another_protocol_changes_nothing(String header)
      throws Exception {
    assertThat(answers(with(header))).containsExactly("200", "200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-None",
        ": x",
        "X y: x",
        "X: \u0000",
        "X: \u0001",
        "Host: b",
        "Content-Type\u0000: x"
      })
  void a_header_that_is_none_is_400(String header) throws Exception {
    assertThat(answers(with(header))).containsExactly("400 BAD_REQUEST", "closed");
    assertThat(EDGE.kept()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a:x", "a b", "a, b"})
  void a_host_that_is_none_is_400(String host) throws Exception {
    assertThat(answers(RIGHT.replace("Host: a\r\n", "Host: " + host + "\r\n")))
        .containsExactly("400 BAD_REQUEST", "closed");
  }

  @Test
  void a_body_is_asked_for_only_when_it_is_wanted() throws Exception {
    var expects = "Expect: 100-continue\r\n";
    try (var http = EDGE.connect()) {
      http.send(WebhookServerIT.head("POST", "/webhooks/rrr", JSON + SIGNED + LENGTH + expects));
      assertThat(http.reply().status()).isEqualTo(100);
      assertThat(http.send(BODY).reply().status()).isEqualTo(200);
    }
    assertThat(answersTo(WebhookServerIT.head("POST", "/x", JSON + SIGNED + LENGTH + expects)))
        .containsExactly("404 NOT_FOUND", "closed");
    assertThat(answersTo(WebhookServerIT.head("POST", "/webhooks/rrr", SIGNED + LENGTH + expects)))
        .containsExactly("415 UNSUPPORTED_MEDIA_TYPE", "closed");
    var large = JSON + SIGNED + "Content-Length: 300000\r\n" + expects;
    assertThat(answersTo(WebhookServerIT.head("POST", "/webhooks/rrr", large)))
        .containsExactly("413 TOO_LARGE", "closed");
  }

  @Test
  void anything_else_that_is_expected_is_417() throws Exception {
    assertThat(answers(with("Expect: 200-maybe")))
        .containsExactly("417 EXPECTATION_FAILED", "closed");
  }

  @Test
  void a_body_that_is_not_wanted_is_not_waited_for() throws Exception {
    var large = "Content-Length: 100000\r\n";
    assertThat(answersTo(WebhookServerIT.head("POST", "/x", JSON + SIGNED + large)))
        .containsExactly("404 NOT_FOUND", "closed");
    assertThat(answersTo(WebhookServerIT.head("PUT", "/webhooks/rrr", JSON + SIGNED + large)))
        .containsExactly("405 METHOD_NOT_ALLOWED", "closed");
  }

  @Test
  void no_body_at_all_is_no_signed_one() throws Exception {
    assertThat(answers(WebhookServerIT.head("POST", "/webhooks/rrr", JSON + SIGNED)))
        .containsExactly("401 UNAUTHENTICATED", "200");
  }

  private static String with(String header) {
    return RIGHT.replace("Host: a\r\n", "Host: a\r\n" + header + "\r\n");
  }

  private static String chunked(String headers, String body) {
    return WebhookServerIT.head("POST", "/webhooks/rrr", JSON + SIGNED + headers) + body;
  }

  /** What this and the right request behind it are answered, each by status and code. */
  private static List<String> answers(String request) throws IOException {
    return answersTo(request + RIGHT);
  }

  private static List<String> answersTo(String bytes) throws IOException {
    var answers = new ArrayList<String>();
    try (var http = EDGE.connect()) {
      http.send(bytes);
      while (answers.size() < 2) answers.add(answer(http));
    }
    return answers;
  }

  private static String answer(RawHttp http) throws IOException {
    try {
      var reply = http.reply();
      if (reply == null) return "closed";
      var code = reply.body().replaceAll(".*\"code\":\"([A-Z_]+)\".*", "$1");
      return (reply.status() + " " + code).strip();
    } catch (SocketException reset) {
      return "closed";
    }
  }
}
