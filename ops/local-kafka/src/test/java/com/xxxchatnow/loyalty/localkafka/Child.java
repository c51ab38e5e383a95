package com.xxxchatnow.loyalty.localkafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A program that holds a port, says so, and does not end by itself. */
final class Child {
  private Child() {}

  public static void main(String[] args) throws IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("goodbye")));
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName(Ports.HOST))) {
      System.out.println("greeting " + System.getenv("GREETING"));
      System.out.println("port " + socket.getLocalPort());
      socket.accept();
    }
  }
}
