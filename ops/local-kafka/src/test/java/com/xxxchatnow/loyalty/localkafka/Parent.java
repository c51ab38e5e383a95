package com.xxxchatnow.loyalty.localkafka;

import java.time.Duration;

/** A program with children: another JVM and a registry. */
final class Parent {
  private Parent() {}

  public static void main(String[] args) throws InterruptedException {
    try (var child = JavaProcess.of(Child.class).start();
        var registry = LocalRegistry.start()) {
      System.out.println("child's " + child.awaitLine("port", Duration.ofSeconds(30)));
      System.out.println("registry's port " + java.net.URI.create(registry.url()).getPort());
      Thread.currentThread().join();
    }
  }
}
