package com.xxxchatnow.loyalty.webhook.body;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.webhook.body.WebhookBody.Event;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody.NoEventId;
import com.xxxchatnow.loyalty.webhook.body.WebhookBody.NotJson;
import com.xxxchatnow.loyalty.webhook.edge.Webhook;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookBodyTest {
  @Test
  void an_event_is_read() {
    assertThat(read(Webhook.posted("e-1", "m-1").body()))
        .isInstanceOfSatisfying(
            Event.class,
            it -> {
              assertThat(it.body().eventId()).isEqualTo("e-1");
              assertThat(it.body().eventType()).isEqualTo("POINTS_POSTED");
              assertThat(it.body().subject()).isEqualTo("m-1");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event_id\":\"e\"}",
        "{\"event_id\":\"e\",\"event_type\":null,\"data\":null}",
        "{\"event_id\":\"e\",\"event_type\":7,\"data\":[]}",
        "\uFEFF{\"event_id\":\"e\"}",
        " \r\n\t{\"event_id\":\"e\"}\n",
        "{\"event_id\":\"e\",\"data\":{\"x\":1e400,\"y\":\"\\u0000\"}}"
      })
  void what_is_odd_but_json_with_an_id_is_kept(String body) {
    assertThat(read(body.getBytes(UTF_8))).isInstanceOf(Event.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "\"e\"",
        "{}",
        "{\"event_id\":null}",
        "{\"event_id\":7}",
        "{\"event_id\":\"\"}",
        "{\"event_id\":{\"event_id\":\"e\"}}",
        "{\"data\":{\"event_id\":\"e\"}}",
        "{\"event_id\":\"\\ud800\"}"
      })
  void json_without_an_id_is_told_apart(String body) {
    assertThat(read(body.getBytes(UTF_8))).isEqualTo(new NoEventId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"event_id\":\"e\"",
        "{\"event_id\":\"e\"} {}",
        "{\"event_id\":\"e\"}x",
        "{'event_id':'e'}",
        "{\"event_id\":\"e\",}",
        "{\"event_id\":\"e\u0000\"}",
        "\u0000{\"event_id\":\"e\"}",
        "{\"event_id\":\"e\"}\u0000",
        "\uFEFF\uFEFF{\"event_id\":\"e\"}",
        "{\"event_id\":\"e\",\"event_id\":\"f\"}",
        "{\"event_id\":\"e\",\"data\":{\"a\":1,\"a\":2}}",
        "{\"event_id\":\"e\",\"x\":NaN}",
        "{\"event_id\":\"e\",/* */\"x\":1}"
      })
  void what_is_not_json_is_told_apart(String body) {
    assertThat(read(body.getBytes(UTF_8))).isEqualTo(new NotJson());
  }

  @Test
  void only_utf_8_is_json() {
    assertThat(read("{\"event_id\":\"é\"}".getBytes(ISO_8859_1))).isEqualTo(new NotJson());
    assertThat(read("{\"event_id\":\"e\"}".getBytes(UTF_16))).isEqualTo(new NotJson());
  }

  @Test
  void an_id_has_at_most_128_characters_however_many_bytes_they_take() {
    assertThat(read(withId("x".repeat(128)))).isInstanceOf(Event.class);
    assertThat(read(withId("😀".repeat(128)))).isInstanceOf(Event.class);
    assertThat(read(withId("x".repeat(129)))).isEqualTo(new NoEventId());
  }

  @Test
  void deep_json_is_read_and_bottomless_json_is_not() {
    assertThat(read(nested(100))).isInstanceOf(Event.class);
    assertThat(read(nested(250))).isEqualTo(new NotJson());
    assertThat(read("[".repeat(WebhookBody.MAX_BYTES).getBytes(UTF_8))).isEqualTo(new NotJson());
  }

  @Test
  void a_number_as_long_as_the_body_is_not_computed() {
    var body = "{\"event_id\":\"e\",\"x\":" + "9".repeat(200_000) + "}";

    assertThat(read(body.getBytes(UTF_8))).isEqualTo(new NotJson());
  }

  @Test
  void many_fields_are_read() {
    var fields = new StringBuilder("{\"event_id\":\"e\"");
    IntStream.range(0, 20_000).forEach(i -> fields.append(",\"").append(i).append("\":1"));

    assertThat(read(fields.append('}').toString().getBytes(UTF_8))).isInstanceOf(Event.class);
  }

  @Test
  void events_of_one_member_have_one_subject_and_others_their_own() {
    assertThat(subject(Webhook.posted("e-1", "m-1"))).isEqualTo("m-1");
    assertThat(subject(Webhook.link("e-1", "m-1", "u-1", "ACTIVE"))).isEqualTo("m-1");
    assertThat(
            subject(Webhook.of("e-1", "TRANSFER_REVERSED", java.util.Map.of("transfer_id", "t"))))
        .isEqualTo("t");
    assertThat(subject(Webhook.posted("e-1", "m-1").without("member_id"))).isEqualTo("e-1");
    assertThat(subject(Webhook.of("e-1", "NEWS", java.util.Map.of("member_id", "m-1"))))
        .isEqualTo("e-1");
  }

  private static String subject(Webhook webhook) {
    return ((Event) read(webhook.body())).body().subject();
  }

  private static WebhookBody.Reading read(byte[] body) {
    return WebhookBody.read(body);
  }

  private static byte[] withId(String id) {
    return ("{\"event_id\":\"" + id + "\"}").getBytes(UTF_8);
  }

  private static byte[] nested(int levels) {
    return ("{\"event_id\":\"e\",\"data\":" + "[".repeat(levels) + "]".repeat(levels) + "}")
        .getBytes(UTF_8);
  }
}
