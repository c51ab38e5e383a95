package com.xxxchatnow.loyalty.rrr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeErrorDetailTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "amount_minor|TOO_SMALL|field=amount_minor reason=TOO_SMALL",
        "source.order_id||field=source.order_id",
        "items[12].sku||field=items[12].sku",
        "|QUOTE_EXPIRED|reason=QUOTE_EXPIRED",
        "Zaphod Beeblebrox|zaphod@example.com|''",
        "4111111111111111|+1 416 555 0199|''",
        "metadata.zaphod@example.com|eyJhbGciOiJIUzI1NiJ9|''",
        "points%0aX-Evil|A%0aB|''",
      })
  void names_of_fields_and_reasons_are_kept_and_no_values(
      String field, String reason, String expected) throws Json.Broken {
    var error = Json.object().put("message", "Zaphod Beeblebrox has no points");
    var details = error.putObject("details");
    if (field != null) details.put("field", field.replace("%0a", "\n"));
    if (reason != null) details.put("reason", reason.replace("%0a", "\n"));

    assertThat(SafeErrorDetail.of(Json.parse(error.toString().getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(expected);
  }

  @Test
  void an_error_without_details_gives_no_detail() {
    assertThat(SafeErrorDetail.of(Json.object())).isEmpty();
    assertThat(SafeErrorDetail.of(Json.object().put("details", "Zaphod"))).isEmpty();
  }

  @Test
  void what_does_not_look_like_a_code_is_not_passed_on() {
    assertThat(SafeErrorDetail.code("VALIDATION_FAILED", 422)).isEqualTo("VALIDATION_FAILED");
    assertThat(SafeErrorDetail.code("user alice", 422)).isEqualTo("HTTP_422");
    assertThat(SafeErrorDetail.code("", 404)).isEqualTo("HTTP_404");
  }
}
