package com.xxxchatnow.loyalty.kit.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A container's health command where there is neither shell nor curl: asks one page over HTTP, ends
 * with 0 for the status 200, else with 1. It loads nothing beyond the JDK's shared classes, so that
 * asking every few seconds costs next to nothing.
 */
public final class HealthProbe {
  private static final int LIMIT_MILLIS = 3_000;

  private HealthProbe() {}

  /**
   * @param args the address, such as {@code http://127.0.0.1:9101/health/ready}
   */
  public static void main(String[] args) {
    System.exit(healthy(URI.create(args[0])) ? 0 : 1);
  }

  static boolean healthy(URI page) {
    try (var socket = new Socket(InetAddress.getByName(page.getHost()), page.getPort())) {
      socket.setSoTimeout(LIMIT_MILLIS);
      var request = "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
      socket
          .getOutputStream()
          .write(
              request
                  .formatted(page.getPath(), page.getHost())
                  .getBytes(StandardCharsets.US_ASCII));
      var status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      return status.equals("HTTP/1.1 200");
    } catch (IOException _) {
      return false;
    }
  }
}
