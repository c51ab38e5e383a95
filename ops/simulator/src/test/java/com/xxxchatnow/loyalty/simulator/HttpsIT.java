package com.xxxchatnow.loyalty.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpsIT {
  @TempDir Path folder;

  @Test
  void only_callers_with_the_trust_store_are_served_over_https() throws Exception {
    var port = freePort();
    try (var _ = Simulator.start(SimulatorConfig.defaults().withHttps(port, folder));
        var strangers = HttpClient.newHttpClient()) {
      assertThat(status(port)).isEqualTo(200);
      assertThatThrownBy(() -> strangers.send(ledger(port), BodyHandlers.discarding()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void after_a_restart_the_callers_trust_it_still() throws Exception {
    var port = freePort();
    var config = SimulatorConfig.defaults().withHttps(port, folder);
    Simulator.start(config).close();
    var trusted = Files.readAllBytes(folder.resolve("trust.p12"));
    try (var _ = Simulator.start(config)) {
      Files.write(folder.resolve("trust.p12"), trusted);
      assertThat(status(port)).isEqualTo(200);
    }
  }

  private int status(int port) throws Exception {
    try (var http = HttpClient.newBuilder().sslContext(trusting()).build()) {
      return http.send(ledger(port), BodyHandlers.discarding()).statusCode();
    }
  }

  private SSLContext trusting() throws IOException, GeneralSecurityException {
    var trusted = KeyStore.getInstance(folder.resolve("trust.p12").toFile(), (char[]) null);
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    var tls = SSLContext.getInstance("TLS");
    tls.init(null, managers.getTrustManagers(), null);
    return tls;
  }

  private static HttpRequest ledger(int port) {
    return HttpRequest.newBuilder(URI.create("https://localhost:%d/admin/ledger".formatted(port)))
        .build();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
