package com.xxxchatnow.loyalty.kit.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class JsonLogEncoderTest {
  @Test
  void key_value_pairs_are_fields_of_the_line() throws IOException {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var event =
        new LoggingEvent("", context.getLogger("x"), Level.INFO, "done {}", null, new Object[] {1});
    event.setKeyValuePairs(
        List.of(
            new KeyValuePair("operation", "earn"),
            new KeyValuePair("attempts", 3),
            new KeyValuePair("how", "says \"no\"\nand hangs up"),
            new KeyValuePair("nothing", null)));
    var encoder = new JsonLogEncoder();
    encoder.setContext(context);
    encoder.setWithFormattedMessage(true);
    encoder.start();

    var line = new String(encoder.encode(event), java.nio.charset.StandardCharsets.UTF_8);

    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    var json = new ObjectMapper().readTree(line);
    assertThat(json.path("operation").asText()).isEqualTo("earn");
    assertThat(json.path("attempts").asInt(-1)).isEqualTo(3);
    assertThat(json.path("attempts").isNumber()).isTrue();
    assertThat(json.path("how").asText()).isEqualTo("says \"no\"\nand hangs up");
    assertThat(json.path("formattedMessage").asText()).isEqualTo("done 1");
  }
}
