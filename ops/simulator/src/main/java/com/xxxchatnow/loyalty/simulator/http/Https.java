package com.xxxchatnow.loyalty.simulator.http;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * HTTPS for callers in other containers, which refuse to send a token over plain HTTP. The
 * certificate is made at the first start and kept, together with the trust store for the callers
 * ({@code -Djavax.net.ssl.trustStore=…/trust.p12}, no password).
 */
public final class Https {
  private static final String ALIAS = "simulator";

  /** No secret: PKCS12 wants one, the folder's rights protect the key. */
  private static final String PASSWORD = "simulator";

  private Https() {}

  public static HttpsServer server(InetSocketAddress address, Path folder) throws IOException {
    try {
      var keys = keys(folder.resolve("simulator.p12"));
      trust(keys, folder.resolve("trust.p12"));
      var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, PASSWORD.toCharArray());
      var tls = SSLContext.getInstance("TLS");
      tls.init(managers.getKeyManagers(), null, null);
      var server = HttpsServer.create(address, 1_024);
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      return server;
    } catch (GeneralSecurityException broken) {
      throw new IOException("SIMULATOR_CERTIFICATES: " + broken.getMessage(), broken);
    }
  }

  private static KeyStore keys(Path file) throws IOException, GeneralSecurityException {
    if (!Files.exists(file)) make(file);
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  private static void trust(KeyStore keys, Path file) throws IOException, GeneralSecurityException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
    try (var out = Files.newOutputStream(file)) {
      trusted.store(out, null);
    }
  }

  /** The JDK makes certificates with its tool only. */
  private static void make(Path file) throws IOException {
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var names = "san=dns:simulator,dns:localhost,ip:127.0.0.1";
    var command =
        List.of(
            keytool,
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-dname",
            "CN=simulator",
            "-ext",
            names,
            "-validity",
            "3650",
            "-storetype",
            "PKCS12",
            "-keystore",
            file.toString(),
            "-storepass",
            PASSWORD);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.inputReader()) {
      var output = out.readAllAsString();
      if (process.waitFor() != 0) throw new IOException("keytool: " + output.strip());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool made a certificate", interrupted);
    }
  }
}
