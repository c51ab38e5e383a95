package com.xxxchatnow.loyalty.rrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RrrClientConfigTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.redroomrewards.com",
        "HTTPS://api.redroomrewards.com/",
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://localhost:1",
        "http://[::1]:8080/rrr"
      })
  void https_and_loopback_are_accepted(String url) {
    assertThat(of(url).baseUrl().toString()).doesNotEndWith("/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.redroomrewards.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://127.evil.example",
        "http://0.0.0.0",
        "http://10.0.0.1"
      })
  void http_to_anywhere_else_is_refused_with_a_clear_message(String url) {
    assertThatThrownBy(() -> of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("RRR's base URL must be https (http is for loopback only): " + url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://api.example",
        "api.example",
        "https:///v1",
        "https://user:pw@api.example",
        "https://api.example?x=1",
        "https://api.example#x"
      })
  void what_is_not_a_base_url_is_refused(String url) {
    assertThatThrownBy(() -> of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("pw");
  }

  @Test
  void the_secret_is_not_printed() {
    assertThat(of("https://api.example").toString()).contains("***").doesNotContain("s3cret");
  }

  @Test
  void missing_credentials_are_refused() {
    var url = URI.create("https://api.example");
    assertThatThrownBy(() -> RrrClientConfig.of(url, " ", "s")).hasMessageContaining("client id");
    assertThatThrownBy(() -> RrrClientConfig.of(url, "a\r\nb", "s")).hasMessageContaining("header");
    assertThatThrownBy(() -> RrrClientConfig.of(url, "xcn", "")).hasMessageContaining("secret");
  }

  private static RrrClientConfig of(String url) {
    return RrrClientConfig.of(URI.create(url), "xcn", "s3cret");
  }
}
