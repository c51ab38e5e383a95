package com.xxxchatnow.loyalty.localkafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback address, below the range from which the system takes the ports of
 * outgoing connections: a port stays free while its owner is stopped for a while, and a client that
 * knocks at it can't meet itself.
 */
final class Ports {
  static final String HOST = "127.0.0.1";
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 30_000;

  /** No port twice: the last one's owner may be down only for a while. */
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /** The wanted port, or a free one when 0 is wanted. */
  static int orFree(int wanted) {
    return wanted == 0 ? free() : wanted;
  }

  static int free() {
    for (var attempt = 0; attempt < 1_000; attempt++) {
      var port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (isFree(port) && GIVEN.add(port)) return port;
    }
    throw new IllegalStateException("no free port between %d and %d".formatted(LOWEST, HIGHEST));
  }

  static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      // As Kafka and the registry bind it: connections of its last owner in TIME_WAIT don't matter.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
