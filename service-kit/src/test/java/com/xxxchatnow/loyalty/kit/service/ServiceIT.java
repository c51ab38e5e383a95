package com.xxxchatnow.loyalty.kit.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.xxxchatnow.loyalty.kit.settings.Secret;
import com.xxxchatnow.loyalty.kit.settings.Setting;
import com.xxxchatnow.loyalty.kit.settings.Settings;
import com.xxxchatnow.loyalty.localkafka.JavaProcess;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.utils.KafkaThread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceIT {
  private final AtomicReference<Optional<String>> kafka = new AtomicReference<>(Optional.empty());

  @Test
  void it_is_ready_while_its_parts_are_and_names_the_part_that_is_not()
      throws IOException, InterruptedException {
    try (var service = service()) {
      service.ready("kafka", kafka::get);
      service.start();
      assertThat(get(service, "/health/ready").statusCode()).isEqualTo(200);
      assertThat(HealthProbe.healthy(page(service))).isTrue();

      kafka.set(Optional.of("no broker answers"));
      var answer = get(service, "/health/ready");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("\"kafka\":\"no broker answers\"");
      assertThat(get(service, "/health/live").statusCode()).isEqualTo(200);
      assertThat(HealthProbe.healthy(page(service))).isFalse();
    }
  }

  @Test
  void metrics_and_info_are_served_and_secrets_are_stars()
      throws IOException, InterruptedException {
    try (var service = service()) {
      service.metrics().counter("loyalty.test").increment();
      service.info("secret", new Secret("hush"));
      service.start();
      assertThat(get(service, "/metrics").body())
          .contains("loyalty_test_total{service=\"test\"} 1.0")
          .contains("jvm_memory_used_bytes");
      assertThat(get(service, "/info").body())
          .contains("\"secret\":\"***\"")
          .doesNotContain("hush");
      assertThat(get(service, "/nowhere").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void info_tells_version_and_effective_configuration_without_secrets()
      throws IOException, InterruptedException {
    var settings =
        Settings.of(
            Map.of("ADMIN_PORT", "0", "RRR_CLIENT_SECRET", "hush", "EARN_POLICY", "/dev/null"));
    settings.secret(Setting.RRR_CLIENT_SECRET);
    settings.path(Setting.EARN_POLICY);
    try (var service = Service.named("test", settings, 0).start()) {
      assertThat(get(service, "/info").body())
          .isEqualTo(
              "{\"service\":\"test\",\"version\":\"development\",\"configuration\":"
                  + "{\"ADMIN_HOST\":\"127.0.0.1\",\"ADMIN_PORT\":\"0\","
                  + "\"EARN_POLICY\":\"/dev/null\",\"LOG_FORMAT\":\"text\","
                  + "\"RRR_CLIENT_SECRET\":\"***\"}}");
    }
  }

  @Test
  void parts_close_in_reverse_order_even_when_one_of_them_fails() {
    List<String> closed = new ArrayList<>();
    var service = service();
    service.part("first", () -> closed.add("first"));
    service.part(
        "second",
        () -> {
          closed.add("second");
          throw new IOException("stuck");
        });
    service.part("third", () -> closed.add("third"));

    service.close();

    assertThat(closed).containsExactly("third", "second", "first");
  }

  @Test
  void a_page_takes_get_alone_and_says_so_in_json() throws IOException, InterruptedException {
    try (var service = service().start();
        var http = HttpClient.newHttpClient()) {
      var post =
          HttpRequest.newBuilder(page(service)).POST(HttpRequest.BodyPublishers.noBody()).build();
      var answer = http.send(post, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("Allow")).contains("GET");
      assertThat(answer.body()).contains("\"code\":\"METHOD_NOT_ALLOWED\"");
    }
  }

  @Test
  void requests_that_do_not_end_are_cut_and_others_are_served_meanwhile()
      throws IOException, InterruptedException {
    try (var service = service().start()) {
      var slow = new ArrayList<Socket>();
      try {
        for (var i = 0; i < 50; i++) {
          var socket = new Socket("127.0.0.1", service.adminPort());
          socket.setSoTimeout(60_000);
          socket.getOutputStream().write("GET /health/live HT".getBytes(UTF_8));
          slow.add(socket);
        }
        assertThat(get(service, "/health/live").statusCode()).isEqualTo(200);
        for (var socket : slow) assertThat(isCut(socket)).isTrue();
      } finally {
        for (var socket : slow) socket.close();
      }
    }
  }

  private static boolean isCut(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"virtual", "logged", "handed on"})
  void a_service_that_is_out_of_memory_ends_with_1_whichever_thread_it_was(String where) {
    try (var process =
        JavaProcess.of(OutOfMemory.class)
            .jvmArgs("-Xmx48m", "-Dlogback.configurationFile=logback.xml")
            .env("ADMIN_PORT", "0")
            .args(where)
            .start()) {
      assertThat(process.awaitExit(Duration.ofSeconds(60))).isEqualTo(1);
      assertThat(process.output()).contains("ends at once: ", "java.lang.OutOfMemoryError");
    }
  }

  /** Runs out of memory on a thread that is not the main one, without any flag of the JVM. */
  static final class OutOfMemory {
    private static final List<byte[]> HELD = new ArrayList<>();

    public static void main(String[] args) {
      Service.main(
          "leaking",
          settings -> {
            var service = Service.named("leaking", settings, 0);
            var thread = Thread.ofVirtual();
            switch (args[0]) {
              case "virtual" -> thread.start(OutOfMemory::leak);
              case "logged" -> new KafkaThread("of a library", OutOfMemory::leak, true).start();
              default ->
                  thread.start(() -> {
                    try {
                      leak();
                    } catch (OutOfMemoryError error) {
                      service.fail(new IllegalStateException(error));
                    }
                  });
            }
            return service.start();
          });
    }

    private static void leak() {
      while (true) HELD.add(new byte[1 << 20]);
    }
  }

  private static URI page(Service service) {
    return URI.create("http://127.0.0.1:%d/health/ready".formatted(service.adminPort()));
  }

  private static Service service() {
    return Service.named("test", Settings.of(Map.of("ADMIN_PORT", "0")), 0);
  }

  private static HttpResponse<String> get(Service service, String path)
      throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.adminPort() + path))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
