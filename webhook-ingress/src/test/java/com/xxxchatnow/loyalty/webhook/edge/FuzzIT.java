package com.xxxchatnow.loyalty.webhook.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.xxxchatnow.loyalty.fixtures.Depth;
import com.xxxchatnow.loyalty.webhook.edge.WebhookServer.EdgeLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A hundred thousand requests, right, mutated and random, on real connections: nothing but 200 and
 * 4xx comes back, nothing is logged that has a stack trace, and the heap stays where it was.
 */
class FuzzIT {
  private static final int REQUESTS = Depth.of("fuzz.requests", 10_000, 100_000);
  private static final int CONNECTIONS = 8;
  private static final long SEED = Long.getLong("fuzz.seed", 20_261_122L);
  private static final long MAX_HEAP_GAINED = 64L * 1024 * 1024;

  @Test
  void whatever_is_sent_the_edge_answers_200_or_4xx_and_keeps_its_calm() throws Exception {
    var log = recorded();
    var uncaught = new ConcurrentLinkedQueue<Throwable>();
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> uncaught.add(thrown));
    var limits =
        new EdgeLimits(200, Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofSeconds(5));
    var answers = new TreeMap<Integer, Integer>();
    try (var edge = new LocalServer(true, limits)) {
      run(edge, 5_000, SEED + 1_000);
      var before = heap();
      run(edge, REQUESTS, SEED)
          .forEach((status, count) -> answers.merge(status, count, Integer::sum));
      assertThat(heap() - before).as("heap gained").isLessThan(MAX_HEAP_GAINED);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(null);
    }

    System.out.println("fuzz, seed " + SEED + ": " + answers);
    assertThat(answers.keySet()).allMatch(it -> it == 200 || it / 100 == 4);
    assertThat(answers.keySet()).contains(200, 400, 401, 404, 405, 413, 415);
    assertThat(log.list.stream().map(FuzzIT::told)).as("what was logged").isEmpty();
    assertThat(uncaught).as("what no thread caught").isEmpty();
  }

  private static String told(ILoggingEvent event) {
    var thrown = event.getThrowableProxy();
    return event + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown));
  }

  private static Map<Integer, Integer> run(LocalServer edge, int requests, long seed)
      throws Exception {
    var answers = new TreeMap<Integer, Integer>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var runs = new ArrayList<Future<Map<Integer, Integer>>>();
      for (var i = 0; i < CONNECTIONS; i++) {
        var random = new SplittableRandom(seed + i);
        runs.add(threads.submit(() -> attack(edge, requests / CONNECTIONS, random)));
      }
      for (var run : runs)
        run.get().forEach((status, count) -> answers.merge(status, count, Integer::sum));
    }
    edge.kafka.clear();
    return answers;
  }

  /** One sender, on one connection as long as the server lets it. */
  private static Map<Integer, Integer> attack(
      LocalServer edge, int requests, SplittableRandom random) throws IOException {
    var answers = new TreeMap<Integer, Integer>();
    RawHttp http = null;
    for (var sent = 0; sent < requests; sent++) {
      if (http == null) http = edge.connect();
      var reply = exchange(http, new FuzzedRequest(random).bytes());
      if (reply != null) answers.merge(reply.status(), 1, Integer::sum);
      if (reply == null || "close".equals(reply.header("Connection"))) {
        http.close();
        http = null;
      }
      if (sent % 1_000 == 0) edge.kafka.clear();
    }
    if (http != null) http.close();
    return answers;
  }

  private static RawHttp.Reply exchange(RawHttp http, byte[] request) {
    try {
      return http.send(request).reply();
    } catch (IOException cut) {
      // The server had enough of it before it was sent: an answer too.
      return null;
    }
  }

  private static ListAppender<ILoggingEvent> recorded() {
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    var appender = new ListAppender<ILoggingEvent>();
    appender.start();
    root.addAppender(appender);
    ((Logger) LoggerFactory.getLogger("org.eclipse.jetty")).setLevel(Level.WARN);
    return appender;
  }

  /** What is used after all garbage is gone, in bytes. */
  static long heap() {
    for (var i = 0; i < 3; i++) System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
