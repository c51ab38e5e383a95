package com.xxxchatnow.loyalty.kit.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.kit.service.Service;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.kit.worker.TracedHandler;
import com.xxxchatnow.loyalty.kit.worker.Worker;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** What tracing costs where it is off; {@code ObservabilityIT} (ops/sandbox) sees it on. */
class TracingIT {

  /** A service without an endpoint, and all that may be asked of its tracing. */
  static final class Off {
    private Off() {}

    @SuppressWarnings("ReferenceEquality") // the handler itself, not one around it
    public static void main(String[] args) {
      var settings = Settings.of(Map.of("ADMIN_PORT", "0"));
      try (var service = Service.named("test", settings, 0)) {
        var tracing = service.tracing();
        var headers = new RecordHeaders().add("traceparent", "as it came".getBytes(UTF_8));
        Worker.Handler handler = _ -> List.of();
        var same = TracedHandler.of(tracing, "group", handler) == handler;
        try (var step = tracing.step("step", SpanKind.SERVER, headers)) {
          step.with("attribute", "value").to(headers);
        }
        tracing.tracer().spanBuilder("span").startSpan().end();
        var kept = TraceHeaders.text(headers, "traceparent").orElseThrow();
        System.out.println("same=" + same + " kept=" + kept);
      }
    }
  }

  @Test
  void without_an_endpoint_nothing_of_the_sdk_is_loaded_and_records_stay_as_they_are()
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xlog:class+load",
                "-cp",
                System.getProperty("java.class.path"),
                Off.class.getName())
            .redirectErrorStream(true)
            .start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(text).contains("same=true kept=as it came").contains(Tracing.class.getName());
    assertThat(text.lines())
        .noneMatch(line -> line.contains("io.opentelemetry.sdk"))
        .noneMatch(line -> line.contains("io.opentelemetry.exporter"));
  }
}
