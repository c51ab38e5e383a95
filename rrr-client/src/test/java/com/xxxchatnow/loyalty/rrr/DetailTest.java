package com.xxxchatnow.loyalty.rrr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetailTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "points must be at least 1|points must be at least 1",
        "amount_minor 12345 is not allowed|amount_minor 12345 is not allowed",
        "no member 3f2504e0-4f89-11d3-9a0c-0305e82c3301 here|no member *** here",
        "mail jane.doe+x@example.com bounced|mail *** bounced",
        "call +1 (416) 555-0199 now|call *** now",
        "card 4111 1111 1111 1111|card ***",
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_|token ***",
        "user alice and order o-77|user *** and order ***",
      })
  void only_what_an_operator_may_read_is_left(String text, String expected) {
    assertThat(Detail.of(text, Set.of("alice", "o-77"))).isEqualTo(expected);
  }

  @Test
  void line_breaks_control_characters_and_novels_do_not_get_through() {
    assertThat(Detail.of("a\r\nX-Evil: 1\u0000\u202Eb", Set.of())).isEqualTo("a X-Evil: 1 b");
    assertThat(Detail.of("no ".repeat(100_000), Set.of())).hasSizeLessThanOrEqualTo(300);
    assertThat(Detail.of(null, Set.of())).isEmpty();
  }

  @Test
  void a_code_that_is_none_is_not_passed_on() {
    assertThat(Detail.code("VALIDATION_FAILED", 422)).isEqualTo("VALIDATION_FAILED");
    assertThat(Detail.code("user alice", 422)).isEqualTo("HTTP_422");
    assertThat(Detail.code("", 404)).isEqualTo("HTTP_404");
  }
}
